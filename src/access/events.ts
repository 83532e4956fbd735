import * as z from "zod"
import { event } from "../kernel/event.ts"

const somebody = () => ({
  channel: z.string(),
  account: z.string(),
  sender: z.string().describe("Their stable id on that network."),
  name: z.string().describe("As they call themselves; anyone may."),
  ts: z.int(),
})

export const pairingRequested = event({
  name: "channel.pair.requested",
  summary: "Somebody on a chat network asks to be heard; the code is in pairing.list.",
  payload: () => z.object(somebody()),
  audience: "pairing",
})

export const pairingResolved = event({
  name: "channel.pair.resolved",
  summary: "Somebody on a chat network was let in, or is no longer.",
  payload: () => z.object({ ...somebody(), approved: z.boolean() }),
  audience: "pairing",
})
