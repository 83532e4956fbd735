import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { thinkingLevels } from "../kernel/channel.ts"
import { section } from "../kernel/section.ts"
import { gmailSettings } from "./gmail/settings.ts"
import { internalHooks } from "./internal.ts"

const name = onFirstUse(() =>
  z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, "use letters, digits, `.`, `_` and `-`"),
)
const template = onFirstUse(() => z.string().max(20_000))
const secret = (description: string) => z.string().min(1).meta({ description, secret: true })

/** How the sender of a hook proves itself, where the hooks' own token is not enough. */
const proof = onFirstUse(() =>
  z
    .discriminatedUnion("scheme", [
      z.strictObject({
        scheme: z.literal("github").describe("X-Hub-Signature-256."),
        secret: secret("The webhook's secret at GitHub."),
      }),
      z.strictObject({
        scheme: z.literal("slack").describe("X-Slack-Signature, no older than five minutes."),
        secret: secret("The app's signing secret at Slack."),
      }),
      z.strictObject({
        scheme: z.literal("stripe").describe("Stripe-Signature, no older than five minutes."),
        secret: secret("The endpoint's signing secret at Stripe."),
      }),
      z.strictObject({
        scheme: z.literal("hmac").describe("An HMAC-SHA256 of the body in a header."),
        secret: secret("The secret both sides know."),
        header: name().default("X-Signature").describe("Header it is in."),
        encoding: z.enum(["hex", "base64"]).default("hex").describe("How it is written."),
        prefix: z.string().max(40).default("").describe("What stands before it, e.g. `sha256=`."),
      }),
    ])
    .describe("A signature in place of the hooks' token."),
)
export type Proof = z.infer<ReturnType<typeof proof>>

const mapping = onFirstUse(() =>
  z
    .strictObject({
      match: z
        .strictObject({
          path: name().optional().describe("What follows the hooks' path: `/hooks/<path>`."),
          source: z.string().max(100).optional().describe("Value of the payload's field `source`."),
        })
        .refine(({ path, source }) => path !== undefined || source !== undefined, "names nothing")
        .describe("Which calls it is for. The first that fits is taken."),
      action: z
        .enum(["agent", "wake"])
        .default("agent")
        .describe("`agent` runs a turn of its own, `wake` tells the main session."),
      wakeMode: z
        .enum(["now", "next-heartbeat"])
        .default("now")
        .describe("Start a turn of the main session, or leave it for the next one."),
      name: z.string().max(100).optional().describe("What the session and the log call it."),
      agentId: z.string().optional().describe("Agent that answers; the default one when unset."),
      sessionKey: template()
        .optional()
        .describe("Session it goes to, as a template; one of its own when unset."),
      messageTemplate: template().optional().describe("What the agent is told."),
      textTemplate: template().optional().describe("What the main session is told, with `wake`."),
      model: z.string().optional().describe("Model of the turn, as provider/model or an alias."),
      thinking: z.enum(thinkingLevels).optional().describe("How hard the model should think."),
      timeoutSeconds: z.int().min(1).max(172_800).optional().describe("Longest the turn may take."),
      deliver: z
        .boolean()
        .optional()
        .describe("Send the reply to a chat network, where one is known. Default: true."),
      channel: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe("Which; `last`, the default, is where the agent was last spoken to from."),
      to: z.string().min(1).max(200).optional().describe("Target there."),
      transform: z
        .strictObject({
          module: z.string().min(1).max(500).describe("File in `hooks.transformsDir`, JS or TS."),
          export: name().default("default").describe("Name of its function."),
        })
        .optional()
        .describe("A function that looks at the call and changes or skips it."),
      auth: proof().optional(),
      allowUnsafeExternalContent: z
        .boolean()
        .default(false)
        .describe(
          "Give the agent the payload without the fence that marks it as a stranger's words.",
        ),
    })
    .describe("What becomes of a call."),
)
export type Mapping = z.infer<ReturnType<typeof mapping>>
export const readMapping = (written: unknown) => mapping().safeParse(written)

const isBasePath = (path: string) => /^(?:\/[A-Za-z0-9][\w.-]*)+$/.test(path)

export const hooks = section({
  id: "hooks",
  summary: "Calls from outside that start work, and code here that is told what happens.",
  reload: "live",
  schema: () =>
    z
      .strictObject({
        enabled: z.boolean().default(false).describe("Serve the webhooks."),
        token: z
          .string()
          .optional()
          .meta({ description: "Token of callers; not the gateway's own.", secret: true }),
        path: z
          .string()
          .refine(isBasePath, "must be a path such as /hooks")
          .default("/hooks")
          .describe("Where they are on the gateway's port."),
        maxBodyBytes: z
          .int()
          .min(1)
          .max(20_000_000)
          .default(262_144)
          .describe("Longest body of a call."),
        defaultSessionKey: z
          .string()
          .max(512)
          .optional()
          .describe("Session of calls that name none; one of their own when unset."),
        allowRequestSessionKey: z
          .boolean()
          .default(false)
          .describe("Let a call name the session it goes to."),
        allowedSessionKeyPrefixes: z
          .array(z.string().min(1))
          .default([])
          .describe("What a named session's key must begin with."),
        allowedAgentIds: z
          .array(z.string().min(1))
          .optional()
          .describe("Agents that calls may reach; unset or `*` for all, empty for none."),
        presets: z
          .array(z.enum(["gmail", "github"]))
          .default([])
          .describe("Ready-made mappings, behind your own."),
        transformsDir: z
          .string()
          .min(1)
          .optional()
          .describe(
            "Folder with the transforms; `hooks/transforms` in the state folder when unset.",
          ),
        mappings: z.array(mapping()).default([]).describe("What becomes of `/hooks/<name>`."),
        gmail: gmailSettings(),
        internal: internalHooks(),
      })
      .refine(({ enabled, token }) => !enabled || token === undefined || token.trim() !== "", {
        path: ["token"],
        message: "must not be blank",
      })
      .refine(({ enabled, token }) => !enabled || token !== undefined, {
        path: ["token"],
        message: "is needed where hooks are enabled: fased config set hooks.token <a long secret>",
      }),
})
export type HooksConfig = z.infer<typeof hooks.schema>
