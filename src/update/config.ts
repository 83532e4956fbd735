import * as z from "zod"
import { section } from "../kernel/section.ts"

export const channels = ["stable", "beta", "dev"] as const
export type Channel = (typeof channels)[number]

export const update = section({
  id: "update",
  summary: "Where newer versions of fased come from.",
  reload: "live",
  schema: () =>
    z.object({
      baseUrl: z
        .string()
        .optional()
        .describe(
          "Where releases are served: https://…, with a folder for each channel. Nothing is asked for unless this is set. FASED_UPDATE_URL wins over it.",
        ),
      channel: z
        .enum(channels)
        .default("stable")
        .describe("Which releases to follow: stable, beta or dev."),
    }),
})
