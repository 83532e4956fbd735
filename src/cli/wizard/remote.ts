import { resolveTarget } from "../../client/target.ts"
import { Fault } from "../../kernel/fault.ts"
import type { Answers } from "../../onboard/answers.ts"
import { fased } from "../command.ts"
import { findTarget } from "../gateway-client.ts"
import { probe } from "../probe.ts"
import { columns } from "../table.ts"
import { apply } from "./open.ts"
import { missing, type Wizard, written } from "./wizard.ts"

/** A client of a gateway elsewhere: two settings here, and not a thing over there. */
export const setUpRemote = async (wizard: Wizard): Promise<number> => {
  const { args, ask, context } = wizard
  const remote = await chooseRemote(wizard)
  const applied = await apply({ mode: "remote", remote }, wizard, "onboard")
  const target = findTarget({}, context)
  const tried = args["skip-health"]
    ? undefined
    : await (ask
        ? ask.busy(`Knocking at ${target.url}`, () => probe(target, context, 5000))
        : probe(target, context, 5000))
  if (args.json) {
    context.out.json({
      ok: tried?.ok ?? true,
      mode: "remote",
      config: { path: context.paths.config, ...applied },
      health: tried,
    })
    return tried?.ok === false ? 1 : 0
  }
  const { out, paths } = context
  const lines = columns(
    [
      ["Config", `${paths.config} (${applied.changed.length ? "changed" : "as it was"})`],
      ["Gateway", `${target.url}${tried?.ok ? " lets you in" : ""}`],
    ],
    { gap: 3 },
  )
  if (ask) ask.note("Set up", lines)
  else for (const line of lines) out.print(line)
  if (tried && !tried.ok)
    out.note(
      `${out.notePaint.warn("warning:")} ${[tried.error?.message, tried.error?.hint].filter(Boolean).join("\n")}`,
    )
  ask?.outro(tried?.ok ? "Connected." : "Done.")
  if (tried?.ok !== false)
    out.print(`Say hello: ${out.paint.accent(fased(context, 'agent --message "hello"'))}`)
  return tried?.ok === false ? 1 : 0
}

/** The gateway elsewhere, and what to show it. Nothing over there is touched. */
export const chooseRemote = async (wizard: Wizard): Promise<NonNullable<Answers["remote"]>> => {
  const { args, ask } = wizard
  const known = written(wizard, "gateway", "remote", "url")
  const before = typeof known === "string" ? known : undefined
  const url = args["remote-url"] ?? (ask ? await askUrl(wizard, before) : before)
  if (!url) throw missing("--remote-url", "the gateway this machine shall be a client of")
  wellFormed(url)
  const hasToken = written(wizard, "gateway", "remote", "token") !== undefined
  const token = args["remote-token"] ?? (ask ? await askToken(wizard, hasToken) : undefined)
  return { url, ...(token && { token }) }
}

const askUrl = ({ ask }: Wizard, before: string | undefined) =>
  ask!.text({
    message: "Its address, as you would give it to a browser or as ws://…",
    initial: before,
    placeholder: "wss://gateway.example.ts.net",
    check: problemWith,
  })

const askToken = ({ ask }: Wizard, hasToken: boolean) =>
  ask!.secret({
    message: hasToken
      ? "Its token (leave empty to keep the one that is stored)"
      : "Its token (on that machine: fased config get gateway.auth.token --unredacted)",
  })

/** Throws what is wrong with an address. */
const wellFormed = (url: string) =>
  resolveTarget({ env: {}, gateway: { mode: "remote", remote: { url } }, defaultPort: 18789 })

const problemWith = (text: string) => {
  if (!text) return "An address is needed here."
  try {
    wellFormed(text)
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error.message
    throw error
  }
}
