import * as z from "zod"
import { loadAside } from "../kernel/aside.ts"
import { method } from "../kernel/method.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { whichLogin } from "./account-faults.ts"
import { KnownChannels } from "./known.ts"
import type * as Library from "./library/qr.ts"
import { Logins, type LoginState } from "./login.ts"
import { ChannelControl } from "./service.ts"
import type { Which } from "./supervise.ts"
import { whichChannel } from "./which.ts"

const params = () => ({
  channel: z.string().min(1).max(64).optional().describe("Channel; the one that has a login."),
  accountId: z.string().min(1).max(64).optional().describe("Account; the default one."),
})
const state = () =>
  z.object({
    connected: z.boolean(),
    message: z.string(),
    qr: z.string().optional().describe("The text of the code to scan."),
    qrDataUrl: z.string().optional().describe("The same as a picture."),
  })

const needs = { logins: Logins, control: ChannelControl, known: KnownChannels }

export const loginStart = method({
  name: "web.login.start",
  scope: "admin",
  summary: "Begin to link an account that a person has to link, such as by a code to scan.",
  params: () =>
    z.object({
      ...params(),
      force: z.boolean().default(false).describe("Link it anew where it is linked."),
      verbose: z.boolean().optional().describe("Accepted; the log has it all."),
      timeoutMs: z.int().min(0).max(120_000).default(30_000).describe("Longest wait for the code."),
    }),
  result: state,
  example: { channel: "whatsapp" },
  needs,
  async handle({ channel, accountId, force, timeoutMs }, { logins, control, known }) {
    const which = await find(channel, accountId, { control, known })
    return shown(await logins.start(which, { force, timeoutMs }))
  },
})

export const loginWait = method({
  name: "web.login.wait",
  scope: "admin",
  summary: "Wait until an account is linked, or another code is to be scanned.",
  params: () =>
    z.object({
      ...params(),
      seen: z
        .string()
        .max(4000)
        .optional()
        .describe("The code's text that is shown; another one ends the wait."),
      timeoutMs: z.int().min(0).max(300_000).default(120_000).describe("Longest wait."),
    }),
  result: state,
  example: { channel: "whatsapp" },
  needs,
  async handle({ channel, accountId, seen, timeoutMs }, { logins, control, known }) {
    const which = await find(channel, accountId, { control, known })
    return shown(await logins.wait(which, { timeoutMs, seen }))
  },
})

const find = async (
  name: string | undefined,
  account: string | undefined,
  { control, known }: { control: ChannelControl; known: KnownChannels },
): Promise<Required<Which>> => {
  const supervisor = await control.supervisor()
  const named = name === undefined ? undefined : whichChannel(known, name).id
  const channel =
    named ??
    onlyOne(
      supervisor.all().map(({ wanted }) => wanted.channel),
      known,
    )
  const one = supervisor.one({ channel, account })
  return { channel, account: one.account }
}

/** The channel that has a login, of those that are set up, or of all. */
const onlyOne = (used: readonly AnyChannel[], known: KnownChannels) => {
  const able = (channels: readonly AnyChannel[]) => [
    ...new Set(channels.filter(({ can }) => can.login).map(({ id }) => id)),
  ]
  const [here, all] = [able(used), able(known.all())]
  const found = here.length ? here : all
  if (found.length === 1) return found[0]!
  throw whichLogin({ found })
}

const shown = async (state: LoginState) => {
  if (state.qr === undefined) return state
  const { encodeQR } = await loadAside<typeof Library>("channels/library/qr")
  const svg = encodeQR(state.qr, "svg", { ecc: "low" })
  return {
    ...state,
    qrDataUrl: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`,
  }
}
