/** Buttons, forms and slash commands: what people do besides writing. */
import type { Arrival } from "../../kernel/network.ts"
import { ours } from "./blocks.ts"
import { conversationOf, type Here } from "./inbound.ts"
import { millis, type SlackAction, type SlackCommand, type SlackInteraction } from "./wire.ts"

/** A press on one of ours, or a line on what was done with another's block or form. */
export const interactionOf = async (
  payload: SlackInteraction,
  here: Here,
  now: number,
): Promise<Arrival | undefined> => {
  const { user, channel, container, message, trigger_id: trigger } = payload
  const action = payload.actions[0]
  if (!user?.id) return undefined
  const room = channel?.id ?? container?.channel_id
  const at = action?.action_ts
  const common = {
    conversation: room
      ? await conversationOf(room, {}, here, container?.thread_ts ?? message?.thread_ts)
      : { id: user.id, kind: "direct" as const, ...(here.team && { team: here.team }) },
    sender: await here.directory.person(user.id),
    at: at ? millis(at) : now,
  }
  const messageId = container?.message_ts ?? message?.ts
  const data = action && valueOf(action)
  const press = action?.action_id?.startsWith(ours) && messageId && data !== undefined
  return {
    id: `${payload.type}:${messageId ?? payload.view?.id ?? ""}:${at ?? trigger ?? ""}:${user.id}`,
    ...common,
    deed: press
      ? { kind: "press", data, messageId }
      : {
          kind: "notice",
          topic: "interaction",
          text: `Slack interaction: ${JSON.stringify(told(payload)).slice(0, 4000)}`,
        },
  }
}

const valueOf = (action: SlackAction) => action.value ?? action.selected_option?.value

const told = ({ type, callback_id, actions, view, container }: SlackInteraction) => ({
  type,
  callback: callback_id ?? view?.callback_id,
  message: container?.message_ts,
  actions: actions.map((action) => ({
    id: action.action_id,
    type: action.type,
    label: action.selected_option?.text?.text ?? action.text?.text,
    values: [
      valueOf(action),
      ...action.selected_options.map(({ value }) => value),
      action.selected_user,
      action.selected_channel,
      action.selected_date,
    ].filter((value) => value !== undefined),
  })),
  values: view?.state?.values,
})

/** Where the answer to a slash command goes. */
export interface Via {
  responseUrl: string
  channel: string
  user: string
  ephemeral: boolean
}

/** A slash command, as it would be typed; `/fased /model list` and `/model list` are the same. */
export const commandOf = async (
  command: SlackCommand,
  here: Here,
  { text, ephemeral, now }: { text: string; ephemeral: boolean; now: number },
): Promise<Arrival> => {
  const direct = command.channel_name === "directmessage"
  const group = command.channel_name?.startsWith("mpdm-")
  const type = direct ? "im" : group ? "mpim" : "channel"
  const name = type === "channel" && command.channel_name !== "privategroup"
  const via: Via | undefined = command.response_url
    ? {
        responseUrl: command.response_url,
        channel: command.channel_id,
        user: command.user_id,
        ephemeral,
      }
    : undefined
  return {
    id: `command:${command.trigger_id}`,
    conversation: await conversationOf(
      command.channel_id,
      { channel_type: type, channel: { name: name ? command.channel_name : undefined } },
      here,
      undefined,
    ),
    sender: await here.directory.person(command.user_id, { username: command.user_name }),
    at: now,
    ...(via && { via: JSON.stringify(via) }),
    deed: { kind: "command", text },
  }
}

/** Undefined for whatever is none. */
export const viaOf = (text: string | undefined): Via | undefined => {
  if (text === undefined) return undefined
  try {
    const via = JSON.parse(text) as Via
    return typeof via.responseUrl === "string" ? via : undefined
  } catch {
    return undefined
  }
}
