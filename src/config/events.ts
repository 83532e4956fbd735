import * as z from "zod"
import { event } from "../kernel/event.ts"

const paths = z.array(z.string())

export const configChanged = event({
  name: "config.changed",
  summary: "What became of a change to the config file, or of the secrets it refers to.",
  audience: "read",
  payload: () =>
    z.object({
      /** False: the file cannot be used, and what was in force stays. */
      valid: z.boolean(),
      hash: z.string(),
      applied: paths,
      /** Settings that count after a restart. */
      waits: paths,
      restartInMs: z.number().optional(),
      issues: z.array(
        z.object({ path: z.string(), message: z.string(), hint: z.string().optional() }),
      ),
      secrets: z.enum(["ok", "degraded"]),
      /** Once when fetching the secrets fails, once when it works again. */
      code: z.enum(["SECRETS_RELOADER_DEGRADED", "SECRETS_RELOADER_RECOVERED"]).optional(),
    }),
})
