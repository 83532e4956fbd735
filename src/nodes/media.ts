import { z } from "zod"
import { onFirstUse } from "../kernel/later.ts"

/** What a node recorded: of five million bytes at most, so that it fits into a frame of the wire. */
export const encoded = onFirstUse(() => z.object({ base64: z.base64().min(4).max(7_000_000) }))
