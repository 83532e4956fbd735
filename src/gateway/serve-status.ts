import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import type { RunTailscale } from "./tailscale-program.ts"

const node = onFirstUse(() =>
  z.object({
    BackendState: z.string(),
    Self: z.object({ DNSName: z.string() }).optional(),
  }),
)

const serving = onFirstUse(() =>
  z.object({
    TCP: z
      .record(z.string(), z.object({ TCPForward: z.string().optional() }))
      .nullish()
      .transform((ports) => ports ?? {}),
    Web: z
      .record(
        z.string(),
        z.object({ Handlers: z.record(z.string(), z.object({ Proxy: z.string().optional() })) }),
      )
      .nullish()
      .transform((sites) => sites ?? {}),
    AllowFunnel: z
      .record(z.string(), z.boolean())
      .nullish()
      .transform((sites) => sites ?? {}),
  }),
)

/** What Tailscale says of this machine: its name in the tailnet, and what it serves on port 443. */
export interface Served {
  name: string
  /** What `https://name/` leads to; undefined when nothing is served there. */
  target?: string
  /** The internet can reach it too. */
  isPublic: boolean
}

export interface Obstacle {
  problem: string
  next: string
}

/** This machine's name in its tailnet, or what keeps it from having one. */
export const askName = async (run: RunTailscale): Promise<{ name: string } | Obstacle> => {
  const status = await run(["status", "--json", "--peers=false"])
  if (!status)
    return {
      problem: "This machine has no tailscale program.",
      next: "Install it from https://tailscale.com/download, or: fased config set gateway.tailscale.mode off",
    }
  const known = parsed(node(), status.out)
  if (!known) return unwell(status.problem)
  const name = known.Self?.DNSName.replace(/\.$/, "").toLowerCase()
  if (known.BackendState === "Running" && name) return { name }
  return {
    problem: `Tailscale is not connected (${known.BackendState}).`,
    next: "Sign this machine in: sudo tailscale up",
  }
}

/** Asks tailscaled; what keeps it from serving is an answer too. */
export const askServed = async (run: RunTailscale): Promise<Served | Obstacle> => {
  const machine = await askName(run)
  if (!("name" in machine)) return machine
  const { name } = machine
  const answer = await run(["serve", "status", "--json"])
  if (!answer?.ok) return unwell(answer?.problem ?? "it is gone")
  const found = parsed(serving(), answer.out.trim() || "{}")
  if (!found) return unwell("it says something this version does not understand")
  const site = `${name}:443`
  const target =
    found.TCP["443"]?.TCPForward ?? found.Web[site]?.Handlers["/"]?.Proxy?.replace(/\/$/, "")
  return { name, ...(target && { target }), isPublic: found.AllowFunnel[site] === true }
}

const unwell = (problem: string): Obstacle => ({
  problem: `tailscale cannot be asked: ${problem}.`,
  next: "Look at it with: tailscale status",
})

const parsed = <S extends z.ZodType>(schema: S, text: string): z.output<S> | undefined => {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
