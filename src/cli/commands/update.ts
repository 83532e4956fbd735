import { applyUpdate, type Applied, type Step } from "../../update/apply.ts"
import { findUpdate, type Found, type Search } from "../../update/find.ts"
import { wholeNumber } from "../arguments.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import { gatewayControl } from "../update-control.ts"
import { searchFor, updateFlags } from "../update-search.ts"

export const update = command({
  about:
    "Fetches the newest release of your channel, checks its signature, tries it out and puts it in " +
    "this one's place in one step. A gateway that runs as a service is restarted; when it does not " +
    "come back healthy, the old version and its database are put back.",
  args: {
    ...updateFlags,
    "dry-run": { type: "boolean", description: "Say what would happen; change nothing" },
    restart: {
      type: "boolean",
      default: true,
      description: "Leave a running gateway on the old version until you restart it",
    },
    "allow-downgrade": {
      type: "boolean",
      description: "Take an older version too; needs --yes as well",
    },
    yes: { type: "boolean", description: "Go ahead where it would ask first" },
  },
  examples: [
    ["fased update", "to the newest of your channel"],
    ["fased update --dry-run", "what would that be"],
    ["fased update --version 1.4.2", "to one version"],
    ["fased update --file ./release", "from a folder on this machine"],
  ],
  async run(args, context) {
    const { out, paths, env } = context
    const { json, "dry-run": dryRun, "allow-downgrade": allowDowngrade } = args
    if (allowDowngrade && !args.yes)
      throw usage({
        problem: "An older fased may not read what a newer one wrote.",
        hint: "Keep a copy first (fased backup create), then add --yes",
      })
    const seconds = wholeNumber("--timeout", args.timeout, { min: 1, max: 3600 }) ?? 60
    const search = await searchFor(args, context)
    const { target } = search
    const gateway = gatewayControl(context, { gateMs: seconds * 1000 })
    const found = await findUpdate(search)
    if (found.is === "current") {
      const running = await gateway.running()
      const stale = running !== undefined && running !== found.to
      if (json) return out.json({ ...describe(found), outcome: "current", gateway: running })
      out.print(`Already current: ${found.to}`)
      if (stale) out.print(leftRunning(context, running))
      return
    }
    if (dryRun) {
      if (json) return out.json({ ...describe(found), outcome: "dry-run" })
      const megabytes = Math.ceil(found.asset.size / 1e6)
      out.print(`Would replace ${target}: ${found.from} → ${found.to} (${megabytes} MB to fetch)`)
      if (found.is === "older") out.print("That is a downgrade: it needs --allow-downgrade --yes")
      return
    }
    if (!json) out.note(`Updating ${found.from} → ${found.to}`)
    const abort = new AbortController()
    process.once("SIGINT", () => abort.abort(new Error("you stopped it")))
    const applied = await applyUpdate(found, {
      target,
      paths,
      env,
      clock: (await import("../../kernel/clock.ts")).systemClock,
      gateway,
      noRestart: !args.restart,
      allowDowngrade,
      asOwner: asOwner(search),
      signal: abort.signal,
      done: (step) => json || out.note(`  ${out.notePaint.good("✓")} ${words[step]}`),
    })
    if (json) return out.json({ ...describe(found), outcome: "updated", gateway: applied.gateway })
    out.print(`Updated ${target}: ${found.from} → ${found.to}`)
    for (const line of afterwards(applied, found, context)) out.print(line)
  },
})

/** Root has a home and settings of its own, so what is to be fetched goes along. */
const asOwner = ({ target, file, baseUrl, channel }: Search) =>
  file
    ? `sudo ${target} update --channel ${channel} --file ${file}`
    : `sudo env FASED_UPDATE_URL=${baseUrl} ${target} update --channel ${channel}`

const words: Record<Step, string> = {
  fetched: "fetched, signature and checksum good",
  tried: "tried out: it starts here and reads your config",
  swapped: "in place; the old one is kept beside it",
  restarted: "gateway restarted",
  healthy: "gateway healthy",
}

const describe = ({ from, to, is, release }: Found) => ({
  from,
  to,
  is,
  channel: release.manifest.channel,
  origin: release.origin,
})

const afterwards = ({ gateway }: Applied, { from, to }: Found, context: Context) =>
  gateway === "left"
    ? [leftRunning(context, from)]
    : gateway === "restarted"
      ? [`The gateway runs ${to} and answers.`]
      : []

const leftRunning = (context: Context, version: string) =>
  `The gateway still runs ${version}. Restart it: ${fased(context, "gateway restart")}, ` +
  "or Ctrl-C in its terminal and start it again."
