import { randomUUID } from "node:crypto"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { route } from "../kernel/route.ts"
import { TooSlow, within } from "../kernel/deadline.ts"
import { Mounts } from "./mounts.ts"

const longestBody = 2_000_000
const answerMs = 30_000

/** Where networks deliver. The account that has the path asks for its own proof, and nobody else does. */
export const deliverToChannel = route({
  method: "POST",
  path: "/api/channels/:path{.+}",
  summary:
    "A chat network's delivery to one of its accounts, which checks the network's own proof.",
  needs: { mounts: Mounts, clock: Clock, log: Log },
  at: ({ mounts }, path) => mounts.at(path) !== undefined,
  longest: () => longestBody,
  authorize({ mounts, request, from }) {
    const mounted = mounts.at(new URL(request.url).pathname)
    if (mounted && (mounted.admits?.(request.headers) ?? true))
      return {
        connection: randomUUID(),
        role: "operator",
        scopes: new Set(),
        clientId: mounted.owner,
        clientMode: "channel",
        ip: from.address,
      }
    return {
      status: 401,
      code: "unauthorized",
      message: "The proof that the network sends along is missing or wrong.",
    }
  },
  refuse: ({ code, message }) => ({ ok: false, error: { type: code, message } }),
  async handle({ mounts, request, body, clock, log, signal }) {
    const bytes = await body()
    // It may have been taken down while the body came in.
    const mounted = mounts.at(new URL(request.url).pathname)
    if (!mounted) return new Response("Not Found\n", { status: 404 })
    try {
      return await within(clock, answerMs, () => mounted.handler(request, bytes), signal)
    } catch (error) {
      if (!(error instanceof TooSlow)) throw error
      log.for("channels").warn("a delivery was not answered in time", { account: mounted.owner })
      // Not acknowledged: the network delivers it again.
      return new Response("Service Unavailable\n", { status: 503 })
    }
  },
})
