import * as z from "zod"
import type { MediaShownAs } from "../kernel/delivery.ts"

/** How files are to be shown, in the words of the wire. */
export const shownAsParams = () => ({
  asVoice: z.boolean().optional().describe("Send sound as a voice note."),
  asVideoNote: z.boolean().optional().describe("Send a film as a round video note."),
  forceDocument: z.boolean().optional().describe("Send pictures and films as plain files."),
})

export const readShownAs = ({
  asVoice,
  asVideoNote,
  forceDocument,
}: {
  asVoice?: boolean
  asVideoNote?: boolean
  forceDocument?: boolean
}): { as?: MediaShownAs } => {
  const as = forceDocument ? "document" : asVideoNote ? "round" : asVoice && "voice"
  return as ? { as } : {}
}
