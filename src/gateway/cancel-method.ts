import * as z from "zod"
import { method } from "../kernel/method.ts"
import { Calls } from "./calls.ts"

export const cancelRequest = method({
  name: "request.cancel",
  scope: "read",
  summary: "Give up a call of this connection that is still under way.",
  params: () => z.object({ id: z.string().min(1).max(256).describe("The id of its request.") }),
  result: () =>
    z.object({
      cancelled: z.boolean().describe("False when it was over already, or cannot stop half-way."),
    }),
  example: { id: "17" },
  needs: { calls: Calls },
  handle: ({ id }, { calls, caller }) => ({ cancelled: calls.cancel(caller.connection, id) }),
})
