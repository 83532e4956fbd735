import type { ConnectContext } from "../../kernel/connect-context.ts"
import { connectionOver, type Arrival, type Heard } from "../../kernel/network.ts"
import { inTurn } from "../in-turn.ts"
import { arrivalOf, type Here } from "./inbound.ts"
import { commandOf, interactionOf } from "./interactions.ts"
import type { SlackSettings } from "./settings.ts"
import { commandPayload, eventsPayload, interactivePayload, type SlackCommand } from "./wire.ts"

/** What Slack delivers, by whichever way. */
export interface Delivery {
  type: string
  payload: unknown
}

/**
 * Settles once Slack may be told that it was received, with what it is to be told. Rejects when it was
 * not taken: whatever is not acknowledged within three seconds, Slack delivers again.
 */
export type Receive = (delivery: Delivery) => Promise<object | undefined>

export const createReceive = (
  config: SlackSettings,
  here: Here,
  context: Pick<ConnectContext, "arrived" | "menu" | "renamed" | "clock" | "log">,
  options: { onHeard(arrival: Arrival): void; onOver(error: unknown): void },
): Receive => {
  const { clock, log } = context
  /** By message: the same one is delivered as a mention as well, and again while it is being taken. */
  const underway = new Map<string, Promise<Heard>>()
  const inOrder = inTurn()

  const hand = (arrival: Arrival): Promise<Heard> => {
    const key = `${arrival.conversation.id} ${arrival.id}`
    const known = underway.get(key)
    if (known) return known
    const taking = context.arrived(arrival).finally(() => underway.delete(key))
    underway.set(key, taking)
    options.onHeard(arrival)
    return taking
  }

  /** Names are looked up before it is handed over, and nothing overtakes within a room meanwhile. */
  const translated = async (room: string, work: () => Promise<Arrival | undefined>) => {
    const taken = await inOrder(room, async () => {
      const arrival = await work()
      return arrival && { heard: hand(arrival) }
    })
    return taken?.heard
  }

  const onEvent = async (payload: unknown) => {
    const { event, team_id: team = here.team } = eventsPayload.parse(payload)
    if (!event) return
    if (event.type === "app_uninstalled" || event.type === "tokens_revoked")
      return options.onOver(
        connectionOver({
          why: "credentials",
          text: "The app was removed from the workspace, or its token revoked.",
          hint: "Install the app again and copy its tokens.",
        }),
      )
    const { old_channel_id: from, new_channel_id: to } = event
    if (event.type === "channel_id_changed" && from && to)
      return await context.renamed("channel", from, to)
    const room = event.channel?.id ?? event.channel_id ?? event.item?.channel ?? ""
    await translated(room, () => arrivalOf(event, { ...here, team }))
  }

  const onInteraction = async (payload: unknown) => {
    const interaction = interactivePayload.parse(payload)
    const room = interaction.channel?.id ?? interaction.user?.id ?? ""
    await translated(room, () => interactionOf(interaction, here, clock.now()))
  }

  const onCommand = async (payload: unknown) => {
    const command = commandPayload.parse(payload)
    const text = await typed(command)
    if (text === undefined)
      return onlyForThem(
        `${command.command} is not turned on here. Whoever runs this gateway can set ` +
          "channels.slack.slashCommand.enabled, or channels.slack.commands.native for single commands.",
      )
    const { ephemeral } = config.slashCommand
    const heard = await translated(command.channel_id, () =>
      commandOf(command, here, { text, ephemeral, now: clock.now() }),
    )
    return heard?.kind === "dropped" ? onlyForThem(heard.say ?? notHere) : undefined
  }

  /** The words behind the command that takes everything, or a command of the menu. */
  const typed = async ({ command, text }: SlackCommand): Promise<string | undefined> => {
    const name = command.replace(/^\//, "").toLowerCase()
    const { slashCommand, commands } = config
    if (slashCommand.enabled && name === slashCommand.name) return text.trim() || "/help"
    if (commands.native !== true) return undefined
    // Slack keeps /status for itself.
    const own = name === "agentstatus" ? "status" : name
    const known = (await context.menu()).some((entry) => entry.name === own)
    return known ? `/${own} ${text}`.trim() : undefined
  }

  return async ({ type, payload }) => {
    if (type === "events_api") return void (await onEvent(payload))
    if (type === "interactive") return void (await onInteraction(payload))
    if (type === "slash_commands") return await onCommand(payload)
    log.debug("slack sent something of no interest", { type })
    return undefined
  }
}

/** Slack would show nothing at all to who typed it. */
const notHere = "You are not authorized to use this command here."

const onlyForThem = (text: string) => ({ response_type: "ephemeral", text })
