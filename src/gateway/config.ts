import * as z from "zod"
import { reloadModes } from "../config/reloader.ts"
import { section } from "../kernel/section.ts"
import { endpoints } from "../v1/config.ts"
import { isProxyEntry } from "./network.ts"

const dayMs = 86_400_000
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~\w-]{1,64}$/, "is not the name of an HTTP header")
import { isBasePath } from "./ui-paths.ts"

const bindModes = ["loopback", "lan", "tailnet", "auto", "custom"] as const

export const gateway = section({
  id: "gateway",
  summary: "The one port: where it listens and who may come in.",
  reload: "live",
  schema: () =>
    z.object({
      mode: z.enum(["local", "remote"]).optional().meta({
        description: "`local` runs the gateway here; `remote` makes this a client of another one.",
        reload: "process",
      }),
      port: z
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .meta({ description: "TCP port; 18789 when unset.", reload: "process" }),
      bind: z.enum(bindModes).default("loopback").meta({
        description:
          "Who can reach the port: this machine, the LAN, the tailnet, or `customBindHost`.",
        reload: "process",
      }),
      customBindHost: z.string().optional().meta({
        description: "IPv4 address to listen on with bind `custom`.",
        reload: "process",
      }),
      auth: z
        .object({
          mode: z
            .enum(["token", "password", "trusted-proxy"])
            .optional()
            .describe("What a client must present; guessed when only one secret is set."),
          token: z.string().optional().meta({ description: "Shared token.", secret: true }),
          password: z.string().optional().meta({ description: "Shared password.", secret: true }),
          trustedProxy: z
            .object({
              userHeader: headerName
                .optional()
                .describe("Header in which the proxy names the user it signed in."),
              requiredHeaders: z
                .array(headerName)
                .default([])
                .describe("Headers a request must have besides."),
              allowUsers: z
                .array(z.string().trim().min(1))
                .default([])
                .describe("Users who may come in; everyone the proxy signs in when empty."),
            })
            .prefault({})
            .describe("Sign-in by a proxy in front, with mode `trusted-proxy`."),
          allowTailscale: z
            .boolean()
            .optional()
            .describe(
              "Take Tailscale Serve's word for who is at the Control UI, once `tailscale whois` agrees; on by default with tailscale.mode `serve`, never with a password.",
            ),
          rateLimit: z
            .object({
              maxAttempts: z
                .int()
                .min(1)
                .max(1000)
                .default(10)
                .describe("Wrong secrets a client may show within the window."),
              windowMs: z
                .int()
                .min(1000)
                .max(dayMs)
                .default(60_000)
                .describe("How long a wrong secret counts."),
              lockoutMs: z
                .int()
                .min(1000)
                .max(dayMs)
                .default(300_000)
                .describe("How long a client has to wait after too many."),
              exemptLoopback: z
                .boolean()
                .default(true)
                .describe("Let programs on this machine try as often as they like; never pages."),
            })
            .prefault({})
            .describe("How often a client may be wrong."),
        })
        .prefault({})
        .describe("How clients sign in; a change ends what the old way let in."),
      trustedProxies: z
        .array(
          z
            .string()
            .refine(isProxyEntry, "is neither an IP address nor a network such as 10.0.0.0/8"),
        )
        .default([])
        .describe("Proxies whose forwarding headers say who a client is, by address."),
      allowRealIpFallback: z
        .boolean()
        .default(false)
        .describe("Read X-Real-IP where a trusted proxy sends no X-Forwarded-For."),
      controlUi: z
        .object({
          enabled: z.boolean().default(true).describe("Serve the Control UI."),
          basePath: z
            .string()
            .refine(isBasePath, "is not a path the Control UI can live under")
            .default("/")
            .describe("Path the Control UI lives under, e.g. `/fased` behind a shared proxy."),
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
          transport: z
            .enum(["ssh", "direct"])
            .optional()
            .describe("How to get there; by SSH when `sshTarget` is set, else directly."),
          sshTarget: z
            .string()
            .optional()
            .describe("user@host or user@host:port, to reach its loopback port by SSH."),
          sshIdentity: z.string().optional().describe("File of the private key SSH is to use."),
          token: z.string().optional().meta({ description: "Its token.", secret: true }),
          password: z.string().optional().meta({ description: "Its password.", secret: true }),
          tlsFingerprint: z
            .string()
            .regex(/^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, "is not a SHA-256 fingerprint in hex")
            .optional()
            .describe("SHA-256 of the certificate it must show; then no other is accepted."),
        })
        .prefault({})
        .describe("The gateway this machine is a client of, with mode `remote`."),
      tls: z
        .object({
          enabled: z
            .boolean()
            .default(false)
            .meta({ description: "Serve HTTPS and wss:// only.", reload: "process" }),
          certPath: z
            .string()
            .optional()
            .describe(
              "PEM file of the certificate and its chain; a new one is served as it comes.",
            ),
          keyPath: z.string().optional().describe("PEM file of the certificate's private key."),
          autoGenerate: z
            .boolean()
            .optional()
            .describe(
              "Make a self-signed certificate where there is none; the default when no files are named.",
            ),
        })
        .prefault({})
        .describe("Encryption on the port."),
      tailscale: z
        .object({
          mode: z
            .enum(["off", "serve", "funnel"])
            .default("off")
            .describe(
              "Who reaches the gateway through Tailscale: nobody, the tailnet, or with `funnel` the internet.",
            ),
          resetOnExit: z
            .boolean()
            .default(false)
            .describe("Take it back when the gateway stops, not only when this is set to off."),
        })
        .prefault({})
        .describe("Tailscale."),
      reload: z
        .object({
          mode: z
            .enum(reloadModes)
            .default("hybrid")
            .describe(
              "What a change of this file does: `hybrid` takes what can count at once and restarts for the rest, `hot` leaves the rest for the next restart, `restart` always restarts, `off` does not watch.",
            ),
          debounceMs: z
            .int()
            .min(0)
            .max(60_000)
            .default(300)
            .describe("How long the file has to hold still before it is read."),
        })
        .prefault({})
        .describe("How a running gateway follows this file."),
      tools: z
        .object({
          allow: z
            .array(z.string().trim().min(1))
            .default([])
            .describe(
              "Tools that `/tools/invoke` may use although it is closed to them, e.g. `exec`; the tool policy holds all the same.",
            ),
          deny: z
            .array(z.string().trim().min(1))
            .default([])
            .describe("Tools that `/tools/invoke` may not use besides."),
        })
        .prefault({})
        .describe("What a single HTTP request may use of the tools."),
      nodes: z
        .object({
          allowCommands: z
            .array(z.string().trim().min(1))
            .default([])
            .describe(
              "Commands that nodes may be asked for beside the usual ones of their platform, by whole names such as camera.snap.",
            ),
          denyCommands: z
            .array(z.string().trim().min(1))
            .default([])
            .describe("Commands that no node may be asked for, by whole names."),
        })
        .prefault({})
        .describe("What paired machines and phones may be asked for."),
      http: z
        .object({
          maxConcurrent: z
            .int()
            .min(1)
            .max(100_000)
            .default(512)
            .describe("Requests that one caller may have under way; more are told to wait."),
          securityHeaders: z
            .object({
              strictTransportSecurity: z
                .union([z.literal(false), z.string().regex(/^max-age=\d+(?:; ?[\w-]+)*$/)])
                .default(false)
                .describe(
                  "Strict-Transport-Security of every answer, e.g. `max-age=31536000`; only where no proxy in front sets it.",
                ),
            })
            .prefault({})
            .describe("Headers that are not for every place."),
          endpoints: endpoints(),
        })
        .prefault({})
        .describe("HTTP on the same port."),
    }),
})
export type GatewayConfig = z.infer<typeof gateway.schema>
