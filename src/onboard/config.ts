import * as z from "zod"
import { section } from "../kernel/section.ts"

export const wizard = section({
  id: "wizard",
  summary: "What the setup last did here; written by it, read by nobody else.",
  reload: "live",
  schema: () =>
    z.object({
      lastRunAt: z.string().optional().describe("When the setup last changed something."),
      lastRunVersion: z.string().optional().describe("Version of fased that ran it."),
      lastRunCommand: z
        .string()
        .optional()
        .describe("Command it was: onboard, setup or configure."),
      lastRunMode: z
        .enum(["local", "remote"])
        .optional()
        .describe("Whether it set up a gateway here, or a client of another one."),
    }),
})
