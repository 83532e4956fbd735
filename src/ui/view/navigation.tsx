import { useEffect, useRef } from "preact/hooks"
import type { Attention } from "../attention.ts"
import { Icon } from "../parts/icon.tsx"
import type { IconName } from "../parts/icon.tsx"
import type { Router } from "../router.ts"
import { pageAt, pages } from "../routes.ts"
import type { PageEntry } from "../routes.ts"
import { themes } from "../theme.ts"
import type { Theme, ThemeSwitch } from "../theme.ts"

interface LinkProps {
  page: PageEntry
  isHere: boolean
  waiting: number
  router: Router
  onGo: () => void
}

/** A click of one's own kind (a new tab, say) is the browser's. */
const isPlain = ({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent) =>
  button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey

const PageLink = ({ page, isHere, waiting, router, onGo }: LinkProps) => (
  <a
    href={router.href(page.path)}
    aria-current={isHere ? "page" : undefined}
    onClick={(event) => {
      if (!isPlain(event)) return
      event.preventDefault()
      router.go(page.path)
      onGo()
    }}
  >
    <Icon name={page.icon} />
    <span>{page.title}</span>
    {waiting > 0 && (
      <span class="badge">
        {waiting}
        <span class="hidden"> waiting</span>
      </span>
    )}
  </a>
)

const groupTitles = { chat: "", gateway: "Gateway" }

interface Props {
  router: Router
  attention: Attention
  theme: ThemeSwitch
  /** A page was chosen; on a phone the navigation goes away. */
  onGo: () => void
}

export const Navigation = ({ router, attention, theme, onGo }: Props) => {
  const here = pageAt(router.place.value.page)
  return (
    <>
      <nav aria-label="Pages" class="pages">
        {Object.entries(groupTitles).map(([group, title]) => (
          <div key={group}>
            {title && <h2>{title}</h2>}
            <ul>
              {pages
                .filter((page) => page.group === group)
                .map((page) => (
                  <li key={page.path}>
                    <PageLink
                      page={page}
                      isHere={page === here}
                      waiting={page.waiting?.(attention) ?? 0}
                      router={router}
                      onGo={onGo}
                    />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <ThemeChoice theme={theme} />
    </>
  )
}

const themeIcons: Record<Theme, IconName> = { system: "screen", light: "sun", dark: "moon" }
const themeNames: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" }

const ThemeChoice = ({ theme }: { theme: ThemeSwitch }) => (
  <div class="themes" role="group" aria-label="Colours">
    {themes.map((one) => (
      <button
        key={one}
        type="button"
        aria-pressed={theme.theme.value === one}
        aria-label={themeNames[one]}
        title={themeNames[one]}
        onClick={() => theme.choose(one)}
      >
        <Icon name={themeIcons[one]} />
      </button>
    ))}
  </div>
)

/** Moves the focus to a page's heading when another page is opened, but not to the first one. */
export const useHeadingFocus = (page: string, isReady: boolean) => {
  const shown = useRef(page)
  useEffect(() => {
    if (!isReady || shown.current === page) return
    shown.current = page
    // A page may have put it where it is wanted more, as the chat does.
    if (document.getElementById("content")?.contains(document.activeElement)) return
    document.querySelector<HTMLElement>("[data-page-title]")?.focus()
  }, [page, isReady])
}
