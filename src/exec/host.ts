import type { ExecAsk, ExecRequest, ExecSecurity } from "../approvals/gate.ts"
import type { SessionOverrides } from "../sessions/overrides.ts"
import type { ExecConfig } from "../tools/exec-settings.ts"
import { hostFixed, noSuchHost } from "./faults.ts"

/** What a call asks for. It may narrow what holds, and never widen it. */
export interface Wishes {
  host?: "auto" | "sandbox" | "gateway" | "node"
  security?: ExecSecurity
  ask?: ExecAsk
  elevated?: boolean
}

export interface Terms {
  host: "gateway" | "sandbox" | "node"
  /** Which one, where one is named. */
  node?: string
  security: ExecSecurity
  ask: ExecAsk
  elevated?: ExecRequest["elevated"]
}

/** Where a command runs and on which terms: the config's, the session's, then the call's. */
export const termsOf = (
  wishes: Wishes,
  {
    config,
    overrides,
    sandboxed,
  }: { config: ExecConfig; overrides: SessionOverrides; sandboxed: boolean },
): Terms => {
  const set = overrides.exec?.host ?? config.host ?? "auto"
  const usual = set === "auto" ? (sandboxed ? "sandbox" : "gateway") : set
  const elevated = sandboxed && usual === "sandbox" ? elevation(wishes, overrides) : undefined
  const host = elevated ? "gateway" : chosen(wishes.host, usual)
  if (host === "sandbox" && !sandboxed)
    throw noSuchHost({
      host,
      next: "This session has no sandbox, and commands that ask for one run nowhere else. The operator turns it on with: fased config set agents.defaults.sandbox.mode all",
    })
  const boxed = host === "sandbox"
  const security = overrides.exec?.security ?? config.security ?? (boxed ? "full" : "allowlist")
  const ask = overrides.exec?.ask ?? config.ask ?? (boxed ? "off" : "on-miss")
  return {
    host,
    security: stricter(securities, security, wishes.security),
    ask: stricter(asks, ask, wishes.ask),
    ...(host === "node" && { node: overrides.exec?.node ?? config.node }),
    ...(elevated && { elevated }),
  }
}

const securities: readonly ExecSecurity[] = ["deny", "allowlist", "full"]
const asks: readonly ExecAsk[] = ["always", "on-miss", "off"]

const stricter = <T>(order: readonly T[], one: T, other: T = one): T =>
  order.indexOf(other) < order.indexOf(one) ? other : one

/** A call may ask for the sandbox where it would not be one; out of it leads only elevation. */
const chosen = (asked: Wishes["host"], usual: "sandbox" | "gateway" | "node") => {
  if (!asked || asked === "auto" || asked === usual) return usual
  if (asked === "sandbox") return asked
  throw hostFixed({ asked, set: usual })
}

const elevation = ({ elevated }: Wishes, overrides: SessionOverrides): ExecRequest["elevated"] => {
  const level = overrides.elevated ?? "off"
  if (elevated === false) return undefined
  if (level !== "off") return level
  if (elevated) throw hostFixed({ asked: "gateway", set: "sandbox" })
  return undefined
}
