import { check } from "../kernel/check.ts"
import { Turns } from "./turns.ts"

/** Asks the gateway that runs: turns are nowhere else. */
export const turnsMove = check({
  id: "agents.turns-move",
  title: "No turn is stuck",
  severity: "warn",
  needs: { turns: Turns },
  detect({ turns }) {
    const stuck = turns.stuck.map(({ sessionKey, runId }) => ({ sessionKey, runId }))
    return stuck.length ? { stuck } : null
  },
  explain: ({ stuck }) =>
    `${stuck.length === 1 ? "A turn shows" : `${stuck.length} turns show`} no sign of life: ${stuck
      .map(({ sessionKey }) => sessionKey)
      .slice(0, 5)
      .join(", ")}. Messages to such a session wait.`,
  next: ({ stuck: [first] }) => `Give up on it with: fased sessions unlock ${first!.sessionKey}`,
})
