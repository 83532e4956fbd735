import { z } from "zod"
import { tool } from "../kernel/tool.ts"
import { GatewayFacts } from "./facts.ts"

export const gateway = tool({
  name: "gateway",
  group: "automation",
  label: "Gateway",
  description:
    "The state of the fased gateway you run in: version, address, files, model, channels, and what needs attention with the command that helps.",
  params: z.object({
    action: z.enum(["status"]).default("status").describe("status: everything, read-only."),
  }),
  ownerOnly: true,
  needs: { facts: GatewayFacts },
  run: (_, { facts }) => facts.read(),
})
