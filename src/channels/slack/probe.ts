import type { Probe } from "../../kernel/network.ts"
import type { SlackApi } from "./api.ts"
import { finding, SlackRefusal } from "./failures.ts"
import type { SlackSettings } from "./settings.ts"

/** What each scope is for; `needed` ones leave the bot deaf or dumb when missing. */
const scopes: Readonly<Record<string, string>> = {
  "chat:write": "to answer at all",
  "app_mentions:read": "to hear that it is spoken to",
  "im:history": "to hear private chats",
  "im:write": "to begin private chats",
  "channels:history": "to hear channels",
  "channels:read": "to know channels by name",
  "groups:history": "to hear private channels",
  "users:read": "to know people by name",
  "reactions:write": "to show that a message was heard",
  "files:read": "to see files",
  "files:write": "to send files",
}

export interface Greeting {
  ok: true
  user_id: string
  bot_id?: string
  team_id?: string
  team?: string
  user?: string
}

/** Asks whether the tokens work, what they may not do, and where the bot was not invited. */
export const probeSlack = async (
  config: SlackSettings,
  { api, app, signal }: { api: SlackApi; app: SlackApi | undefined; signal: AbortSignal },
): Promise<Probe> => {
  const findings: { text: string; hint?: string }[] = []
  let account: string | undefined
  try {
    const { body, headers } = await api.ask<Greeting>("auth.test", {}, signal)
    account = `@${body.user ?? body.user_id} in ${body.team ?? body.team_id} (id ${body.user_id})`
    findings.push(...missing(headers.get("x-oauth-scopes")))
  } catch (error) {
    return { ok: false, findings: [finding(error)] }
  }
  if (app)
    await app.call("apps.connections.open", {}, signal).catch((error: unknown) => {
      findings.push({ ...finding(error), ...appHint(error) })
    })
  for (const id of Object.keys(config.channels))
    if (/^[CG]/.test(id)) findings.push(...(await invited(api, id, signal)))
    else if (id.startsWith("#") && !config.dangerouslyAllowNameMatching)
      findings.push({
        text: `channels.slack.channels names ${id}, and a name counts for nothing.`,
        hint: "Write the channel's id; it is at the end of a link to the channel.",
      })
  return { ok: findings.length === 0, account, findings }
}

const missing = (granted: string | null) => {
  if (granted === null) return []
  const has = new Set(granted.split(",").map((scope) => scope.trim()))
  return Object.entries(scopes)
    .filter(([scope]) => !has.has(scope))
    .map(([scope, what]) => ({
      text: `The bot token lacks the scope ${scope}, ${what}.`,
      hint: `Add ${scope} at the app's page, under OAuth & Permissions, and install the app again.`,
    }))
}

const appHint = (error: unknown) =>
  error instanceof SlackRefusal && error.code === "missing_scope"
    ? { hint: "Make an app token with the scope connections:write." }
    : {}

const invited = async (api: SlackApi, id: string, signal: AbortSignal) => {
  try {
    const { channel } = await api.call<{ channel: { name?: string; is_member?: boolean } }>(
      "conversations.info",
      { channel: id },
      signal,
    )
    if (channel.is_member !== false) return []
    const text = `The bot is not in #${channel.name ?? id}.`
    return [{ text, hint: "Invite it there: /invite @its-name" }]
  } catch (error) {
    const { text, hint } = finding(error)
    return [{ text: `${id}: ${text}`, hint }]
  }
}
