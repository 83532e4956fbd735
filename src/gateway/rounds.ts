import { closeCodes } from "../client/wire.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Connections } from "./connections.ts"
import { healthChanged, tick } from "./events.ts"
import { limits } from "./frames.ts"
import type { Health } from "./health.ts"
import type { Presence } from "./presence.ts"
import type { UiSessions } from "./ui-session.ts"

const lookEveryMs = 60_000

/** What an open port does by the clock: a tick for everyone, and a look around each minute. Gives what ends it. */
export const makeRounds = (options: {
  connections: Connections
  presence: Presence
  health: Health
  uiSessions: UiSessions
  clock: Clock
  log: Log
}) => {
  const { connections, presence, health, uiSessions, clock } = options
  const log = options.log.for("gateway")
  let healthVersion = health.version

  const lookAround = async () => {
    presence.sweep()
    const snapshot = await health.snapshot(true)
    if (health.version !== healthVersion) connections.send(healthChanged, snapshot)
    healthVersion = health.version
    const valid = await uiSessions.sweep(connections.sessions())
    connections.closeWhere(
      ({ credential: { kind, sessionId } }) => kind === "ui-session" && !valid.has(sessionId!),
      closeCodes.policy,
      "the sign-in has expired",
    )
  }

  const stopTicks = clock.every(limits.tickMs, () => connections.send(tick, { ts: clock.now() }))
  const stopLooking = clock.every(lookEveryMs, () =>
    lookAround().catch((error: unknown) => log.error("the minute's round failed", { error })),
  )
  return () => {
    stopTicks()
    stopLooking()
  }
}
