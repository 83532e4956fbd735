import * as z from "zod"
import type { AccountSettings } from "../account.ts"
import { groupSettings } from "../rooms.ts"

const signalSettings = () => ({
  account: z
    .string()
    .regex(/^\+[1-9]\d{5,14}$/, "must be a phone number such as +4915112345678")
    .optional()
    .describe("The bot's own number. Unset: the only one that signal-cli knows."),
  cliPath: z.string().min(1).default("signal-cli").describe("Where signal-cli is."),
  httpUrl: z
    .url({ protocol: /^https?$/, error: "must be an http(s) address" })
    .optional()
    .describe("A signal-cli daemon that runs already. Unset: fased starts one."),
  httpHost: z.string().min(1).default("127.0.0.1").describe("Where the daemon listens."),
  httpPort: z.int().min(1).max(65535).default(8080).describe("Port of the daemon."),
  autoStart: z
    .boolean()
    .optional()
    .describe("Start a daemon and keep it running. Default: where httpUrl is not set."),
  startupTimeoutMs: z
    .int()
    .min(1_000)
    .max(120_000)
    .default(30_000)
    .describe("How long a daemon may take to start."),
  receiveMode: z
    .enum(["on-connection", "on-start", "manual"])
    .default("on-connection")
    .describe(
      "When the daemon fetches messages. on-connection leaves them with Signal while fased is away.",
    ),
  ignoreAttachments: z.boolean().default(false).describe("Leave files with Signal."),
  ignoreStories: z.boolean().default(false).describe("Do not hear of stories."),
  sendReadReceipts: z
    .boolean()
    .default(false)
    .describe("Tell people in private chats that what they wrote was read."),
  groups: groupSettings(),
  actions: z
    .strictObject({ reactions: z.boolean().default(true).describe("React to messages.") })
    .prefault({})
    .describe("What agents may do besides answering."),
})

export const settings = () => z.object(signalSettings())
export type SignalSettings = z.output<ReturnType<typeof settings>> & AccountSettings

/** A daemon of our own is started. */
export const startsDaemon = ({ autoStart, httpUrl }: SignalSettings) =>
  autoStart ?? httpUrl === undefined

export const daemonAddress = ({ httpUrl, httpHost, httpPort }: SignalSettings) =>
  httpUrl?.replace(/\/+$/, "") ??
  `http://${httpHost.includes(":") ? `[${httpHost}]` : httpHost}:${httpPort}`

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i

/** Nobody has to prove anything to the daemon, so it must not be reached from elsewhere. */
export const check = (config: SignalSettings) => {
  if (!startsDaemon(config) || loopback.test(config.httpHost)) return []
  const message = "must be a loopback address: whoever reaches the daemon can write as the bot"
  return [{ path: ["httpHost"], message }]
}
