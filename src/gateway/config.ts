import { z } from "zod"
import { section } from "../kernel/section.ts"

export const bindModes = ["loopback", "lan", "tailnet", "auto", "custom"] as const

export const gateway = section({
  id: "gateway",
  summary: "The one port: where it listens and who may come in.",
  reload: "process",
  schema: z.object({
    mode: z
      .enum(["local", "remote"])
      .optional()
      .describe("`local` runs the gateway here; `remote` makes this a client of another one."),
    port: z.int().min(1).max(65_535).optional().describe("TCP port; 18789 when unset."),
    bind: z
      .enum(bindModes)
      .default("loopback")
      .describe("Who can reach the port: this machine, the LAN, the tailnet, or `customBindHost`."),
    customBindHost: z.string().optional().describe("IPv4 address to listen on with bind `custom`."),
    auth: z
      .object({
        mode: z
          .enum(["token", "password"])
          .optional()
          .describe("What a client must present; guessed when only one secret is set."),
        token: z.string().optional().meta({ description: "Shared token.", secret: true }),
        password: z.string().optional().meta({ description: "Shared password.", secret: true }),
      })
      .prefault({})
      .describe("How clients sign in."),
    controlUi: z
      .object({
        enabled: z.boolean().default(true).describe("Serve the Control UI."),
        allowedOrigins: z
          .array(z.url({ protocol: /^https?$/ }))
          .default([])
          .describe("Origins a browser may connect from besides this machine's own."),
        dangerouslyAllowHostHeaderOriginFallback: z
          .boolean()
          .default(false)
          .describe("Trust the Host header to tell our own origin. Opens DNS rebinding."),
      })
      .prefault({})
      .describe("The browser page."),
    remote: z
      .object({
        url: z.string().optional().describe("ws:// or wss:// address of the gateway to use."),
        token: z.string().optional().meta({ description: "Its token.", secret: true }),
        password: z.string().optional().meta({ description: "Its password.", secret: true }),
      })
      .prefault({})
      .describe("The gateway this machine is a client of, with mode `remote`."),
    tailscale: z
      .object({
        mode: z
          .enum(["off", "serve", "funnel"])
          .default("off")
          .describe("Exposure through Tailscale; this version runs with `off` only."),
      })
      .prefault({})
      .describe("Tailscale."),
    http: z
      .object({
        endpoints: z
          .object({
            chatCompletions: z
              .object({
                enabled: z.boolean().default(false).describe("Serve POST /v1/chat/completions."),
              })
              .prefault({})
              .describe("The OpenAI chat API."),
          })
          .prefault({})
          .describe("HTTP APIs, each off unless enabled."),
      })
      .prefault({})
      .describe("HTTP on the same port."),
  }),
})
export type GatewayConfig = z.infer<typeof gateway.schema>
