import type { ComponentType } from "preact"
import { useEffect, useState } from "preact/hooks"
import { useAgents } from "../agents.ts"
import { Known } from "../parts/known.tsx"
import { FailureNotice, Loading } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import type { PageProps } from "../routes.ts"
import { AgentChoice } from "../view/agent/agent-choice.tsx"
import { TabBar } from "../view/agent/tab-bar.tsx"
import { tabs } from "./agent/tabs.ts"
import type { TabEntry, TabProps } from "./agent/tabs.ts"

/** The workbench of one agent: `agents/<agent>/<tab>`. */
export const AgentsPage = (props: PageProps) => {
  const { gateway, router } = props
  const [named, path] = router.place.value.rest
  const tab = tabs.find((one) => one.path === path) ?? tabs[0]!
  const list = useAgents(gateway)
  const agents = list.value?.agents ?? []
  const agent = agents.find(({ id }) => id === (named ?? list.value?.defaultId)) ?? agents[0]
  const go = (id: string, to = tab.path) => router.go(`agents/${encodeURIComponent(id)}/${to}`)
  return (
    <>
      <PageHead
        title="Agents"
        about="What an agent answers with, where it is reached, and what it knows and may do."
      >
        {list.value && agent && (
          <AgentChoice gateway={gateway} agents={list.value} agent={agent} onChoose={go} />
        )}
      </PageHead>
      {agent && (
        <TabBar
          tabs={tabs}
          current={tab}
          hrefOf={({ path }) => router.href(`agents/${encodeURIComponent(agent.id)}/${path}`)}
          onGo={({ path }) => go(agent.id, path)}
        />
      )}
      <div class="page-body">
        <Known resource={list} what="the agents">
          {() => agent && <Tab key={agent.id} tab={tab} {...props} agent={agent} />}
        </Known>
      </div>
    </>
  )
}

/** The tab that the address names, fetched when it is first opened. */
const Tab = ({ tab, ...props }: TabProps & { tab: TabEntry }) => {
  const [loaded, setLoaded] = useState<{ tab: TabEntry; Shown: ComponentType<TabProps> }>()
  const [failed, setFailed] = useState<TabEntry>()
  const load = () => {
    let wanted = true
    setFailed(undefined)
    tab.load().then(
      (Shown) => wanted && setLoaded({ tab, Shown }),
      () => wanted && setFailed(tab),
    )
    return () => {
      wanted = false
    }
  }
  useEffect(load, [tab])
  if (failed === tab)
    return (
      <FailureNotice
        what={`load ${tab.title}`}
        failure={{
          message: "The gateway did not send this part of the page.",
          hint: "It may be restarting, or was updated since this page was opened: reload the page.",
        }}
        onRetry={load}
      />
    )
  return loaded?.tab === tab ? <loaded.Shown {...props} /> : <Loading what={tab.title} />
}
