import { resolveTarget } from "../../client/target.ts"
import { Fault } from "../../kernel/fault.ts"
import type { Answers } from "../../onboard/answers.ts"
import { missing, type Wizard, written } from "./wizard.ts"

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
