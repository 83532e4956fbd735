import type { ComponentChildren } from "preact"
import type { Attention } from "../../attention.ts"
import type { Gateway } from "../../gateway.ts"
import { Action } from "../../parts/action.tsx"
import { Icon } from "../../parts/icon.tsx"
import { confirmed } from "../../parts/question.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import type { Router } from "../../router.ts"

interface Props {
  gateway: Gateway
  attention: Attention
  router: Router
}

interface Item {
  text: string
  /** What can be done about it right here. */
  action?: ComponentChildren
  /** What to do about it. */
  next?: string
  page?: { path: string; title: string }
}

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

const updateTo = async (gateway: Gateway, version: string) => {
  const isMeant = await confirmed({
    title: `Update to ${version}?`,
    text: "The gateway is replaced and restarts; answers under way go on after it. If the new one does not come up, the one that runs now is put back.",
    action: "Update",
  })
  if (!isMeant) return
  await gateway.call("update.run")
  toast(`Updating to ${version}. This page comes back by itself.`)
}

/** What waits for a person, and what is not as it should be. */
export const AttentionList = ({ gateway, attention, router }: Props) => {
  const { value: status } = useResource(gateway, () => gateway.call("status"), {
    events: ["config.changed", "health"],
  })
  const update = useResource(gateway, () => gateway.call("update.status"))
  const items: Item[] = []
  const commands = attention.commands.value.length
  if (commands)
    items.push({
      text: `${plural(commands, "command waits", "commands wait")} for an answer.`,
      page: { path: "approvals", title: "Answer" },
    })
  const devices = attention.pairing.value.length
  if (devices)
    items.push({
      text: `${plural(devices, "device asks", "devices ask")} to be let in.`,
      page: { path: "devices", title: "Look" },
    })
  const { config, tailscale } = status ?? {}
  for (const { path, message, hint } of config?.issues ?? [])
    items.push({
      text: `The config file cannot be used: ${path}: ${message}`,
      next: hint,
      page: { path: "config", title: "Mend it" },
    })
  if (config && config.issues.length === 0 && !config.valid)
    items.push({ text: "The config file cannot be used.", next: "fased config validate says why." })
  if (config?.waits.length)
    items.push({
      text: `${config.waits.join(", ")} ${config.waits.length === 1 ? "counts" : "count"} after a restart.`,
      next: "Restart with: fased gateway restart",
    })
  if (config?.secrets === "degraded")
    items.push({
      text: "A secret could not be read anew; the last good one is used.",
      next: "See which with: fased doctor",
    })
  if (tailscale?.state === "failed")
    items.push({ text: tailscale.problem ?? "Tailscale does not serve it.", next: tailscale.next })
  const offered = update.value?.offered
  if (offered?.is === "newer")
    items.push({
      text: `Version ${offered.version} of fased is there.`,
      action: gateway.may("admin") && (
        <Action class="link" what="update" act={() => updateTo(gateway, offered.version)}>
          Update
        </Action>
      ),
    })
  if (items.length === 0) return null
  return (
    <section aria-labelledby="attention">
      <h2 id="attention">Needs somebody</h2>
      <ul class="attention">
        {items.map(({ text, next, page, action }) => (
          <li key={text}>
            <Icon name="alert" />
            <p>
              {text} {next && <span class="faint">{next}</span>}
            </p>
            {action}
            {page && (
              <button type="button" class="link" onClick={() => router.go(page.path)}>
                {page.title}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
