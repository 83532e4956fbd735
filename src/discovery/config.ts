import * as z from "zod"
import { section } from "../kernel/section.ts"

const mdnsModes = ["minimal", "full", "off"] as const
export type MdnsMode = (typeof mdnsModes)[number]

export const discovery = section({
  id: "discovery",
  summary: "How others in the local network find this gateway.",
  reload: "live",
  schema: () =>
    z.object({
      mdns: z
        .object({
          mode: z
            .enum(mdnsModes)
            .default("minimal")
            .describe(
              "What a gateway that others can reach says of itself by multicast DNS: where it is, with `full` also its SSH port and where its program lies, with `off` nothing. FASED_DISABLE_BONJOUR=1 is `off` too.",
            ),
        })
        .prefault({})
        .describe("Multicast DNS (Bonjour)."),
    }),
})
