import { z } from "zod"
import { method } from "../kernel/method.ts"
import { longestTrigger, mostTriggers, VoiceWake } from "./voicewake.ts"

const result = () => z.object({ triggers: z.array(z.string()) })

export const get = method({
  name: "voicewake.get",
  scope: "read",
  summary: "The words that wake a phone which listens.",
  params: () => z.object({}),
  result,
  example: {},
  needs: { voicewake: VoiceWake },
  handle: (_, { voicewake }) => ({ triggers: voicewake.get() }),
})

export const set = method({
  name: "voicewake.set",
  scope: "write",
  summary: "Choose the words that wake a phone which listens; all clients and nodes are told.",
  params: () =>
    z.object({
      triggers: z
        .array(z.string().max(longestTrigger))
        .max(mostTriggers)
        .describe("The words; none brings back the usual ones."),
    }),
  result,
  example: { triggers: ["fased", "computer"] },
  emits: ["voicewake.changed"],
  needs: { voicewake: VoiceWake },
  handle: ({ triggers }, { voicewake }) => ({ triggers: voicewake.set(triggers) }),
})
