import * as z from "zod"
import { method } from "../kernel/method.ts"
import { Directory } from "../sessions/directory.ts"
import { sessionKey } from "./requests.ts"
import { Turns } from "./turns.ts"

export const unlock = method({
  name: "sessions.unlock",
  scope: "admin",
  summary: "Stop a session's turns, and give up on one that does not stop.",
  params: () => z.object({ key: sessionKey }),
  result: () =>
    z.object({
      ok: z.literal(true),
      key: z.string(),
      stopped: z.array(z.string()),
      abandoned: z.array(z.string()),
    }),
  example: { key: "main" },
  emits: ["chat"],
  needs: { turns: Turns, directory: Directory },
  async handle(params, { turns, directory }) {
    const { key } = directory.key(params.key)
    return { ok: true as const, key, ...(await turns.unlock(key)) }
  },
})
