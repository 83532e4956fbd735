import type { Probe } from "../../kernel/network.ts"
import type { SlackApi } from "./api.ts"
import { finding } from "./failures.ts"
import type { SlackSettings } from "./settings.ts"

/** Without it there is no point in being there. */
const essential = "chat:write"
/** What each scope is for. */
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
  let ok = true
  try {
    const { body, headers } = await api.ask<Greeting>("auth.test", {}, signal)
    account = `@${body.user ?? body.user_id} in ${body.team ?? body.team_id} (id ${body.user_id})`
    const lacking = missing(headers.get("x-oauth-scopes"))
    ok = !lacking.includes(essential)
    findings.push(...lacking.map(lacks))
  } catch (error) {
    return { ok: false, findings: [finding(error)] }
  }
  if (app)
    await app.call("apps.connections.open", {}, signal).catch((error: unknown) => {
      ok = false
      findings.push(finding(error))
    })
  for (const id of Object.keys(config.channels))
    if (/^[CG]/.test(id)) findings.push(...(await invited(api, id, signal)))
    else if (id.startsWith("#") && !config.dangerouslyAllowNameMatching && !config.configWrites)
      findings.push({
        text: `channels.slack.channels names ${id}, and a name counts for nothing.`,
        hint: "Write the channel's id; it is at the end of a link to the channel.",
      })
  return { ok, account, findings }
}

const missing = (granted: string | null): string[] => {
  if (granted === null) return []
  const has = new Set(granted.split(",").map((scope) => scope.trim()))
  return Object.keys(scopes).filter((scope) => !has.has(scope))
}

const lacks = (scope: string) => ({
  text: `The bot token lacks the scope ${scope}, ${scopes[scope]}.`,
  hint: `Add ${scope} at the app's page, under OAuth & Permissions, and install the app again.`,
})

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
