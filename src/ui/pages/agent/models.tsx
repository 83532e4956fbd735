import { Known } from "../../parts/known.tsx"
import { useResource } from "../../resource.ts"
import { Providers } from "../../view/agent/providers.tsx"
import { Roles } from "../../view/agent/roles.tsx"
import type { TabProps } from "./tabs.ts"

/** What an agent thinks with: models, what each is for, and who they are had from. */
export const ModelsTab = ({ gateway, agent: { id } }: TabProps) => {
  const sessionKey = `agent:${id}:main`
  const models = useResource(gateway, () => gateway.call("models.list", { sessionKey }), {
    events: ["config.changed"],
  })
  // Also those that are not connected yet.
  const labels = useResource(gateway, async () => {
    const { providers } = await gateway.call("models.list", { all: true })
    return new Map(providers.map(({ id, label }) => [id, label]))
  })
  return (
    <>
      <Known resource={models} what="the models">
        {(known) => (
          <Roles gateway={gateway} agentId={id} models={known} onChanged={models.reload} />
        )}
      </Known>
      <Providers
        gateway={gateway}
        agentId={id}
        labels={labels.value ?? new Map()}
        onChanged={models.reload}
      />
    </>
  )
}
