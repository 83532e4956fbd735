import * as z from "zod"
import { Environment } from "../config/paths.ts"
import { Reloader } from "../config/reloader.ts"
import { Settings } from "../config/settings.ts"
import { method } from "../kernel/method.ts"
import { overridden } from "./overridden.ts"

export const reload = method({
  name: "secrets.reload",
  scope: "admin",
  summary: "Fetch every secret anew; when one cannot be had, those from before stay in use.",
  params: () => z.strictObject({}),
  result: () =>
    z.object({
      ok: z.literal(true),
      warningCount: z.int().describe("Things to look at; doctor and the log name them."),
    }),
  example: {},
  // Each call runs the commands of the providers.
  limit: { max: 12, windowMs: 60_000 },
  needs: { reloader: Reloader, settings: Settings, env: Environment },
  async handle(_, { reloader, settings, env }) {
    const { warningCount } = await reloader.reloadSecrets()
    const shadows = overridden(settings.current().refs, env).length
    return { ok: true as const, warningCount: warningCount + shadows }
  },
})
