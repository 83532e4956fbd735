import { join } from "node:path"
import * as z from "zod"
import { badSkillFile } from "./faults.ts"

/** Lies in the folder of a skill that was installed, and says where it came from. */
export const originFile = join(".fased", "origin.json")
/** The same as other gateways of the family write it. */
export const foreignOriginFile = join(".clawhub", "origin.json")

const origin = z.object({
  spec: z.string(),
  integrity: z.string(),
  version: z.string().optional(),
  installedAt: z.number(),
  /** It was on this machine already: the operator's own word. */
  own: z.boolean().default(false),
})
export type Origin = z.infer<typeof origin>

export const parseOrigin = (text: string): Origin => {
  try {
    return origin.parse(JSON.parse(text))
  } catch (error) {
    throw badSkillFile({ why: `${originFile} beside it is damaged` }, error)
  }
}
