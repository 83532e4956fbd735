import { z } from "zod"
import { findTailscale } from "../../gateway/tailscale.ts"
import type { Env } from "../../config/paths.ts"

const status = z.object({
  BackendState: z.literal("Running"),
  Self: z.object({ DNSName: z.string().regex(/^[a-z0-9.-]+$/i) }),
})
const patienceMs = 2_000

/** This machine's name in its tailnet; undefined when Tailscale is not here, or not signed in. */
export const tailnetName = async (env: Env): Promise<string | undefined> => {
  const program = findTailscale(env)
  if (!program) return undefined
  try {
    const child = Bun.spawn([program, "status", "--json", "--peers=false"], {
      env: { HOME: env.HOME, PATH: env.PATH },
      stdin: "ignore",
      stderr: "ignore",
      timeout: patienceMs,
      maxBuffer: 1024 * 1024,
    })
    const { Self } = status.parse(JSON.parse(await new Response(child.stdout).text()))
    return Self.DNSName.replace(/\.$/, "")
  } catch {
    return undefined
  }
}
