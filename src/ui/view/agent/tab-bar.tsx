import { useEffect, useRef } from "preact/hooks"
import type { TabEntry } from "../../pages/agent/tabs.ts"

interface Props {
  tabs: readonly TabEntry[]
  current: TabEntry
  hrefOf: (tab: TabEntry) => string
  onGo: (tab: TabEntry) => void
}

/** Links to the parts of one thing; on a phone the bar is pushed sideways. */
export const TabBar = ({ tabs, current, hrefOf, onGo }: Props) => {
  const here = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    here.current?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }, [current])
  return (
    <nav class="tabs" aria-label="Of this agent">
      {tabs.map((tab) => (
        <a
          key={tab.path}
          href={hrefOf(tab)}
          ref={tab === current ? here : undefined}
          aria-current={tab === current ? "page" : undefined}
          onClick={(event) => {
            if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
            event.preventDefault()
            onGo(tab)
          }}
        >
          {tab.title}
        </a>
      ))}
    </nav>
  )
}
