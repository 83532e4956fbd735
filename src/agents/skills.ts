import * as z from "zod"

/** `agents.defaults.skills` and `agents.list[].skills`. */
export const skillAccess = (otherwise: string) =>
  z
    .array(z.string().trim().min(1))
    .optional()
    .describe(`Only these skills, by name; empty for none. Unset, ${otherwise}.`)
