import { isAbsolute } from "node:path"
import { onFirstUse } from "../kernel/later.ts"
import * as z from "zod"

const flags = (description: string) =>
  z
    .array(
      z.string().regex(/^-[A-Za-z0-9]$|^--[a-z0-9][a-z0-9-]*$/, "must be such as -x or --name"),
    )
    .default([])
    .describe(description)
const positional = (description: string) => z.int().min(0).max(16).default(0).describe(description)

/** `tools.exec.safeBins` and what belongs to it: programs that only turn their input into output. */
export const safeBinSettings = onFirstUse(() => ({
  safeBins: z
    .array(z.string().regex(/^[\w.+-]+$/, "must be the name of a program, without a folder"))
    .default(["cut", "head", "tail", "tr", "uniq", "wc"])
    .describe("Programs that may run unasked as long as they only read what is piped into them."),
  safeBinTrustedDirs: z
    .array(z.string().refine((path) => isAbsolute(path), "must begin with /"))
    .default([])
    .describe("Folders beside /bin and /usr/bin that such programs may come from."),
  safeBinProfiles: z
    .record(
      z.string(),
      z
        .strictObject({
          minPositional: positional("Fewest words that are not options."),
          maxPositional: positional("Most words that are not options: file names among them."),
          allowedValueFlags: flags(
            "Options that take a value. Long ones not named here are refused.",
          ),
          deniedFlags: flags("Options that are refused."),
        })
        .describe("What one program may be given."),
    )
    .default({})
    .describe("What further programs in safeBins may be given, by name."),
}))
export type SafeBinSettings = z.infer<z.ZodObject<ReturnType<typeof safeBinSettings>>>
