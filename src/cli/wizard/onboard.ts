import { guideProvider } from "../../models/guide.ts"
import type { Applied } from "../../onboard/apply.ts"
import { fased } from "../command.ts"
import type { Context } from "../command.ts"
import { type Effect, prepareEffect } from "../config-effect.ts"
import { runInForeground } from "../foreground.ts"
import { logFileOf } from "../log-path.ts"
import { printNextSteps, printWayIn } from "../next-steps.ts"
import { columns } from "../table.ts"
import { examine, type Outcome, type Reach, reach, startUp } from "./finish.ts"
import { chooseGateway } from "./gateway.ts"
import { chooseModel, type ModelStep } from "./model.ts"
import { apply } from "./open.ts"
import type { Place } from "./place.ts"
import { chooseService } from "./service.ts"
import type { Wizard } from "./wizard.ts"
import { chooseWorkspace, makeWorkspace } from "./workspace.ts"

/** A gateway on this machine: every answer first, then one write, then what it takes to run. */
export const setUpHere = async (wizard: Wizard, place: Place): Promise<number> => {
  const { args, ask, context, settings } = wizard
  const workspace = await chooseWorkspace(wizard)
  const model = await chooseModel(wizard)
  const gateway = await chooseGateway(wizard, place)
  const service = await chooseService(wizard, place)
  const answers = { mode: "local", workspace, model: model.answer, gateway } as const
  const effectOf = await prepareEffect(context)
  const applied = await apply(answers, wizard, "onboard")
  const effect = await effectOf(applied.changed)
  const folder = await makeWorkspace(settings, context)
  const outcome = await startUp(wizard, { service })
  const code = outcome.service.state === "failed" || outcome.health.state === "failed" ? 1 : 0
  const way = await reach(wizard, place, outcome)
  const report = outcome.health.state === "ok" ? await examine(wizard) : undefined

  if (args.json) {
    context.out.json({
      ok: code === 0,
      mode: "local",
      hostProfile: place,
      config: { path: context.paths.config, ...applied },
      workspace: folder,
      model: { ref: model.ref, check: model.check },
      ...outcome,
      ...(report && { doctor: report }),
      // Never with the token: this document ends up in logs. `fased dashboard` has the link.
      dashboardUrl: way.page.replace(/#.*$/, ""),
      ...(way.problem && { warning: way.problem }),
      next: nextCommands(context, outcome, way),
    })
    return code
  }
  const lines = facts(context, { applied, folder, model, outcome })
  if (ask) ask.note("Set up", lines)
  else for (const line of lines) context.out.print(line)
  tellTrouble(context, outcome, way)
  // A service that was just installed has started with all of it.
  if (effect && outcome.service.state !== "installed") tellRestart(context, effect)
  if (outcome.health.state === "not-running" && ask && code === 0)
    return offerToRun(wizard, way, place)
  ask?.outro(outcome.health.state === "ok" ? "Your assistant is there." : "Done.")
  tellNext(wizard, { outcome, way })
  return code
}

const facts = (
  { paths }: Context,
  {
    applied: { created, changed },
    folder,
    model,
    outcome: { service, health },
  }: { applied: Applied; folder: string; model: ModelStep; outcome: Outcome },
) => {
  const config = created ? "made" : changed.length ? `changed: ${changed.join(", ")}` : "as it was"
  const isGuide = model.ref.startsWith(`${guideProvider}/`)
  const checks = { passed: ", and it answers", failed: ", which does not answer yet", skipped: "" }
  const rows = [
    ["Config", `${paths.config} (${config})`],
    ["Folder", folder],
    ["Model", isGuide ? "none yet; the built-in guide answers" : model.ref + checks[model.check]],
    ...(service.name ? [["Service", `${service.name}, running`]] : []),
    ...(health.state === "ok" ? [["Gateway", `${health.url} answers`]] : []),
  ]
  return columns(rows, { gap: 3 })
}

const tellTrouble = ({ out }: Context, { service, health }: Outcome, { problem }: Reach) => {
  const { warn, accent } = out.notePaint
  if (service.problem)
    out.note(`${warn("warning:")} the service was not installed: ${service.problem}`)
  if (problem) out.note(`${warn("warning:")} not reached through Tailscale: ${problem}`)
  if (service.linger)
    out.note(`${warn("warning:")} it ends when you log out. To keep it: ${accent(service.linger)}`)
  for (const name of service.variablesLeftBehind ?? [])
    out.note(`${warn("note:")} ${name} is set in this shell only, so the service lacks it.`)
  if (health.state === "failed")
    out.note(`${warn("warning:")} the gateway does not let us in: ${health.problem ?? ""}`)
}

/** Some settings count only after a restart, which is not ours to decide on a gateway at work. */
const tellRestart = (context: Context, { waits, restartInMs }: Effect) => {
  if (!waits.length) return
  const { accent } = context.out.notePaint
  const how =
    restartInMs === undefined
      ? ` (${accent(fased(context, "gateway restart"))})`
      : ", which it does now by itself"
  context.out.note(`${waits.join(", ")}: in force after a restart${how}`)
}

const nextCommands = (context: Context, { health, service }: Outcome, { steps }: Reach) => [
  ...(service.linger ? [service.linger] : []),
  ...(health.state === "not-running" ? [fased(context, "start")] : []),
  ...steps.map(([, command]) => command),
  fased(context, "dashboard"),
]

const tellNext = (
  { args, context }: Wizard,
  { outcome, way }: { outcome: Outcome; way: Reach },
) => {
  const { out } = context
  const { accent, muted } = out.paint
  if (outcome.health.state === "not-running")
    out.print(`\nStart it with: ${accent(fased(context, "start"))}`)
  const rows = way.steps.map(([purpose, command]) => [
    [purpose, muted] as const,
    [command, accent] as const,
  ])
  if (rows.length) out.print()
  for (const line of columns(rows, { indent: "  ", gap: 3 })) out.print(line)
  if (!args["skip-ui"]) printWayIn(context, { link: way.page, logFile: logFileOf(context) })
}

/** From the last answer to a gateway that runs is one more key. */
const offerToRun = async (wizard: Wizard, way: Reach, place: Place): Promise<number> => {
  const { context } = wizard
  const ask = wizard.ask!
  const now =
    place === "local" && (await ask.confirm({ message: "Start it now, in this terminal?" }))
  ask.outro(now ? "Starting." : "Done.")
  if (!now) {
    tellNext(wizard, {
      outcome: { service: { state: "not-asked" }, health: { state: "not-running" } },
      way,
    })
    return 0
  }
  const { paths, env, version, execPath, out } = context
  return runInForeground({ paths, env, version, execPath, console: true }, (gateway) => {
    out.print(`${out.paint.good("Gateway running")} at ${gateway.url}`)
    printNextSteps(context, gateway)
    out.print(out.paint.muted("Ctrl-C stops it."))
  })
}
