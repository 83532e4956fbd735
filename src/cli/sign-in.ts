import type { Client } from "../client/connect.ts"
import { openInBrowser } from "./browser.ts"
import { type Context, fased } from "./command.ts"
import { usage } from "./faults.ts"
import { noteTarget, withGateway } from "./gateway-client.ts"
import type { GatewayArgs } from "./gateway-flags.ts"
import { printable } from "./printable.ts"
import { canAsk, openPrompts } from "./prompts.ts"
import { listenForCallback } from "./sign-in-page.ts"

interface Started {
  sessionId: string
  step: {
    id: "address" | "wait"
    title: string
    url: string
    userCode?: string
    redirectUri?: string
    expiresAt: number
  }
}

export interface SignInArgs extends GatewayArgs {
  agent?: string
  json?: boolean
  /** Ask for the address instead of opening a browser. */
  paste?: boolean
  /** The command to type for that, where it is not `models auth login`. */
  again?: string
}

/** Signs a person in at a provider, and says what the sign-in is kept as. */
export const signIn = async (provider: string, args: SignInArgs, context: Context) => {
  const { out } = context
  const done = await withGateway(args, context, async (client, target) => {
    noteTarget(target, context)
    const started = (await client.request("models.auth.interactive.start", {
      provider,
      replaceRunning: true,
      ...(args.agent && { agentId: args.agent }),
    })) as Started
    const { step } = started
    out.note(`Sign in at ${printable(step.title, 80)}:`)
    out.note(`  ${out.notePaint.accent(printable(step.url, 4000))}`)
    return step.id === "wait"
      ? byCode(client, started, context)
      : byPage(client, started, args, context)
  })
  if (args.json) return out.json(done)
  const { profileId = "" } = done as { profileId?: string }
  out.print(`${out.paint.good("Signed in")}, kept as ${printable(profileId, 200)}`)
}

/** The gateway asks until the person has said yes. */
const byCode = (
  client: Client,
  { sessionId, step }: Started,
  { out, env, interactive }: Context,
) => {
  out.note(`and type this code there: ${out.notePaint.accent(printable(step.userCode ?? "", 64))}`)
  if (interactive) openInBrowser(step.url, env)
  out.note("Waiting…")
  const timeoutMs = Math.max(1000, step.expiresAt - Date.now())
  return client.request("models.auth.interactive.finish", { sessionId }, { timeoutMs })
}

/** The page leads back to this machine; where it cannot, its address is asked for. */
const byPage = async (
  client: Client,
  { sessionId, step }: Started,
  args: SignInArgs,
  context: Context,
) => {
  const { out, env, interactive } = context
  const finish = (address: string) =>
    client.request("models.auth.interactive.finish", { sessionId, address }, { timeoutMs: 60_000 })
  const opened = interactive && !args.paste && openInBrowser(step.url, env)
  await using callback =
    opened && step.redirectUri ? listenForCallback(step.redirectUri, finish) : undefined
  if (callback) {
    out.note(
      `Waiting for the browser. Is it on another machine? Then: ${fased(context, args.again ?? "models auth login --paste …")}`,
    )
    return await callback.taken
  }
  return finish(await askAddress(args, context))
}

const askAddress = async (args: SignInArgs, context: Context) => {
  const { out } = context
  const message =
    "Address of the page you end on (it may fail to load; copy it from the address bar)"
  if (!canAsk(args)) {
    out.note(`${message}, on standard input:`)
    for await (const line of console) if (line.trim()) return line.trim()
    throw usage({
      problem: "There is no address on standard input.",
      hint: "Paste the whole address that the page led to.",
    })
  }
  const prompts = await openPrompts(context, args)
  return prompts.text({
    message,
    check: (text) =>
      URL.canParse(text)
        ? undefined
        : "That is no address. It begins with http:// and holds a code.",
  })
}
