import type { Client } from "../../src/client/connect.ts"

/** Asks for a command's approval and gives it, once it is asked for. */
export const allowOnce = async (client: Client, asked: { id: string }) => {
  const requested = Promise.withResolvers<void>()
  const stop = client.on("exec.approval.requested", () => requested.resolve())
  const answer = client.request("exec.approval.request", { ...asked, timeoutMs: 20_000 })
  await requested.promise
  stop()
  await client.request("exec.approval.resolve", { id: asked.id, decision: "allow-once" })
  await answer
}
