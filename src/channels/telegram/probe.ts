import type { Probe } from "../../kernel/network.ts"
import { type BotApi, BotApiError } from "./api.ts"
import { notConnected } from "./failure.ts"
import type { TelegramSettings } from "./settings.ts"
import { type Me, me, member, webhookInfo } from "./wire.ts"

type Finding = Probe["findings"][number]

/** Asks Telegram who the bot is and looks for what usually keeps it from hearing. */
export const probeTelegram = async (
  api: BotApi,
  settings: Pick<TelegramSettings, "groups" | "webhookUrl">,
  signal: AbortSignal,
): Promise<Probe> => {
  try {
    const self = await api.call("getMe", me, {}, { signal })
    const findings = [
      ...privacyFindings(self, settings),
      ...(await webhookFindings(api, settings, signal)),
      ...(await groupFindings(api, self, settings, signal)),
    ]
    const account = `@${self.username ?? self.first_name} (id ${self.id})`
    return { ok: !findings.length, account, findings }
  } catch (error) {
    if (!(error instanceof BotApiError)) throw error
    const { message: text, hint } = notConnected(error)
    return { ok: false, findings: [{ text, hint }] }
  }
}

const privacyFindings = (
  self: Me,
  { groups = {} }: Pick<TelegramSettings, "groups">,
): Finding[] => {
  const listensToAll = Object.values(groups).some(
    ({ requireMention, topics = {} }) =>
      requireMention === false ||
      Object.values(topics).some((topic) => topic.requireMention === false),
  )
  if (!listensToAll || self.can_read_all_group_messages !== false) return []
  return [
    {
      text: "Groups are to be answered without a mention, but the bot's privacy mode hides them.",
      hint: "Send /setprivacy to @BotFather, choose Disable, then remove the bot from the group and add it again; or make it an administrator.",
    },
  ]
}

const webhookFindings = async (
  api: BotApi,
  { webhookUrl = "" }: Pick<TelegramSettings, "webhookUrl">,
  signal: AbortSignal,
): Promise<Finding[]> => {
  const info = await api.call("getWebhookInfo", webhookInfo, {}, { signal })
  if (info.url !== webhookUrl)
    return [
      {
        text: webhookUrl
          ? `Telegram delivers updates ${info.url ? "to another address" : "nowhere"}, not to webhookUrl.`
          : "A webhook is set, so asking for updates fails.",
        hint: "Restart the account: fased channels stop telegram, then fased channels start telegram",
      },
    ]
  if (!info.last_error_message) return []
  return [
    {
      text: `Telegram could not deliver an update: ${info.last_error_message}`,
      hint: "webhookUrl must lead to webhookPath on the gateway's port, over https.",
    },
  ]
}

const mostGroups = 20

/** Only groups named by number can be asked about. */
const groupFindings = async (
  api: BotApi,
  self: Me,
  { groups = {} }: Pick<TelegramSettings, "groups">,
  signal: AbortSignal,
): Promise<Finding[]> => {
  const ids = Object.keys(groups).filter((id) => /^-\d+$/.test(id))
  const asked = ids.slice(0, mostGroups).map(async (id): Promise<Finding[]> => {
    const params = { chat_id: id, user_id: self.id }
    try {
      const { status } = await api.call("getChatMember", member, params, { signal })
      if (status !== "left" && status !== "kicked") return []
    } catch (error) {
      if (!(error instanceof BotApiError) || error.kind !== "answered") throw error
    }
    return [
      {
        text: `The bot is not in the group ${id}.`,
        hint: "Add it there, or take the group out of the config.",
      },
    ]
  })
  return (await Promise.all(asked)).flat()
}
