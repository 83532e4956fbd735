import type { Clock } from "../kernel/clock.ts"

/** What a process gets between being asked to end and being ended. */
export const graceMs = 2000
const lookEveryMs = 25

/** Sends a signal to a process group; false when there is none. */
export const signalGroup = (leader: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-leader, signal)
    return true
  } catch (error) {
    // Of a group that exists, but with nobody in it who is ours to signal.
    return (error as NodeJS.ErrnoException).code === "EPERM" && signal === 0
  }
}

/** Asks a whole group to end and, when its time is over, ends it. Resolves when nobody is left. */
export const endGroup = async (leader: number, clock: Clock, grace = graceMs): Promise<void> => {
  if (!signalGroup(leader, "SIGTERM")) return
  // One that is stopped cannot hear it otherwise.
  signalGroup(leader, "SIGCONT")
  const until = clock.now() + grace
  while (signalGroup(leader, 0)) {
    if (clock.now() >= until) {
      signalGroup(leader, "SIGKILL")
      return
    }
    await pause(clock, lookEveryMs)
  }
}

const pause = (clock: Clock, ms: number) => new Promise<void>((done) => clock.after(ms, done))
