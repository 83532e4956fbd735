import { planRemoval, remove, type Removal } from "../../backup/uninstall.ts"
import { programNeeded } from "../../service/faults.ts"
import { startersOf } from "../../service/others.ts"
import { workspacesOf } from "../backup-workspaces.ts"
import { command } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { usage } from "../faults.ts"
import { openService } from "../service.ts"
import { openSettings } from "../settings.ts"

export const uninstall = command({
  about:
    "Removes the parts you name, for good; what stays is listed. Folders that agents work in " +
    "outside the state folder are yours and always stay.",
  args: {
    service: { type: "boolean", description: "Stop the service and remove it" },
    state: { type: "boolean", description: "Settings, conversations, keys and logs" },
    workspace: { type: "boolean", description: "The agents' folders in the state folder" },
    app: { type: "boolean", description: "The program itself" },
    all: { type: "boolean", description: "All of these" },
    "dry-run": { type: "boolean", description: "Say what would go and what stays" },
    yes: { type: "boolean", description: "Do not ask" },
    "non-interactive": { type: "boolean", description: "Never ask; needs --yes" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased uninstall --all --dry-run", "what would go"],
    ["fased uninstall --service --app", "keep settings and conversations"],
  ],
  async run({ "dry-run": dryRun, yes, json, all, ...args }, context) {
    const { out, paths, execPath } = context
    const parts = {
      service: all || args.service,
      state: all || args.state,
      workspace: all || args.workspace,
      app: all || args.app,
    }
    const named = Object.entries(parts).flatMap(([name, wanted]) => (wanted ? [`--${name}`] : []))
    if (!named.length)
      throw usage({
        problem: "Say what is to go.",
        hint: "--service, --state, --workspace, --app, or --all; --dry-run shows it first",
      })
    const workspaces = workspacesOf(await openSettings(context), context).map(({ path }) => path)
    const removal: Removal = { paths, binary: execPath, workspaces, parts }
    const service = openService(context)
    const node = openService(context, "node")
    const services = [service, node].flatMap((one) =>
      one.installed().map(({ manager }) => manager.path),
    )
    if (parts.app && execPath) {
      const left = [...(parts.service ? [] : services), ...startersOf(execPath, service.others())]
      if (left.length) throw programNeeded({ program: execPath, services: left })
    }
    const plan = planRemoval(removal)
    const going = [...(parts.service ? services : []), ...plan.going]
    const staying = [...(parts.service ? [] : services), ...plan.staying]
    if (json && dryRun) return out.json({ dryRun: true, going, staying })
    if (!json) {
      for (const path of going) out.print(`goes   ${path}`)
      for (const path of staying) out.print(`stays  ${path}`)
    }
    if (!going.length) return json ? out.json({ going, staying }) : out.print("Nothing to remove.")
    if (dryRun) return
    const asking = { ...context, interactive: context.interactive && !args["non-interactive"] }
    const words = `uninstall ${named.join(" ")} --yes`
    await confirmed("Remove all that for good?", { yes, context: asking, words })
    if (parts.service) for (const one of [service, node]) await one.uninstall()
    remove(removal)
    if (json) return out.json({ going, staying })
    out.print("Removed.")
  },
})
