import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import type { Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"
import { writeFileAtomic } from "../store/files.ts"
import { voicewakeChanged } from "./events.ts"

const usual = ["fased", "claude", "computer"]
export const mostTriggers = 32
export const longestTrigger = 64

const file = onFirstUse(() => z.object({ triggers: z.array(z.string()), updatedAtMs: z.int() }))

/** The words that wake a listening phone: one list for all of them, `<state>/settings/voicewake.json`. */
export interface VoiceWake {
  get(): string[]
  /** Keeps those words, and tells everybody who is connected. None is the usual ones. */
  set(triggers: readonly string[]): string[]
  /** Tells one connection. */
  tell(topic: string): void
}
export const VoiceWake = service<VoiceWake>("voice wake")

export const createVoiceWake = ({
  paths,
  bus,
  clock,
}: {
  paths: Pick<Paths, "state">
  bus: Bus
  clock: Clock
}): VoiceWake => {
  const path = join(paths.state, "settings", "voicewake.json")
  const get = () => {
    try {
      if (existsSync(path))
        return tidy(file().parse(JSON.parse(readFileSync(path, "utf8"))).triggers)
    } catch {
      // Whatever was written there, a phone still hears the usual words.
    }
    return usual
  }
  return {
    get,
    set(given) {
      const triggers = tidy(given)
      writeFileAtomic(path, `${JSON.stringify({ triggers, updatedAtMs: clock.now() }, null, 2)}\n`)
      bus.emit(voicewakeChanged, { triggers })
      return triggers
    },
    tell: (topic) => bus.emit(voicewakeChanged, { triggers: get() }, topic),
  }
}

const tidy = (given: readonly string[]) => {
  const words = given.map((word) => word.trim().slice(0, longestTrigger).trim()).filter(Boolean)
  const triggers = [...new Set(words)].slice(0, mostTriggers)
  return triggers.length ? triggers : usual
}
