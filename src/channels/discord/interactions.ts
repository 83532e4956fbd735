import type { ConnectContext } from "../../kernel/connect-context.ts"
import type { Arrival, Heard } from "../../kernel/network.ts"
import * as z from "zod"
import { personOf, type Reading } from "./inbound.ts"
import { DiscordError, type Rest } from "./rest.ts"
import type { DiscordSettings } from "./settings.ts"
import { anything, type Interaction } from "./wire.ts"

const kind = { command: 2, component: 3 } as const
/** What Discord is answered at once; it waits three seconds. */
const answer = { message: 4, later: 5, nothing: 6 } as const
const mostWaitMs = 2_000
export const ephemeralFlag = 1 << 6

const via = z.object({ app: z.string(), token: z.string(), ephemeral: z.boolean() })
/** Where the answer to a menu command goes: back to it, as long as Discord keeps it. */
export type Via = z.infer<typeof via>

export const readVia = (text: string | undefined): Via | undefined => {
  if (!text) return undefined
  const parsed = via.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : undefined
}

interface Answering {
  rest: Rest
  reading: Reading
  settings: Pick<DiscordSettings, "slashCommand">
  context: Pick<ConnectContext, "clock" | "log">
  /** The command behind a name of the menu. */
  commandNamed(name: string): string | undefined
  arrived(arrival: Arrival): Promise<Heard>
}

/** Takes in what somebody chose from a menu or pressed, and tells Discord in time. */
export const interactions = (answering: Answering) => {
  const { rest, reading, settings, context, commandNamed, arrived } = answering
  const { ephemeral } = settings.slashCommand

  const respond = async ({ id, token }: Interaction, type: number, data?: object) => {
    const body = { type, ...(data && { data }) }
    await rest
      .call("POST", `/interactions/${id}/${token}/callback`, anything, { body })
      .catch((error: unknown) => {
        if (!(error instanceof DiscordError)) throw error
        context.log.debug("interaction not answered", { reason: error.message })
      })
  }

  const arrivalOf = async (interaction: Interaction): Promise<Arrival | undefined> => {
    const { id, channel_id: channel, guild_id: guild, member, data, message } = interaction
    const user = member?.user ?? interaction.user
    if (!user || !channel) return undefined
    const common = {
      conversation: await reading.places.conversationOf(channel, guild),
      sender: personOf(user, member),
      at: reading.now(),
    }
    if (interaction.type === kind.component && data?.custom_id && message) {
      const deed = { kind: "press", data: data.custom_id, messageId: message.id } as const
      return { ...common, id: `press:${id}`, deed }
    }
    if (interaction.type !== kind.command || !data?.name) return undefined
    const words = (data.options ?? []).map(({ value }) => value ?? "")
    const text = [`/${commandNamed(data.name) ?? data.name}`, ...words].join(" ").trim()
    const { application_id: app, token } = interaction
    const back: Via = { app, token, ephemeral }
    return {
      ...common,
      id: `command:${id}`,
      deed: { kind: "command", text },
      via: JSON.stringify(back),
    }
  }

  return async (interaction: Interaction) => {
    const isCommand = interaction.type === kind.command
    const flags = ephemeral ? { flags: ephemeralFlag } : {}
    const wait = () => respond(interaction, ...laterFor(isCommand, flags))
    const arrival = await arrivalOf(interaction)
    if (!arrival) return respond(interaction, answer.message, refusal("This is not known here."))
    let told: Promise<void> | undefined
    const cancel = context.clock.after(mostWaitMs, () => (told = wait()))
    try {
      const heard = await arrived(arrival)
      cancel()
      if (told) return
      const say =
        heard.kind === "dropped" && (heard.say ?? "You are not authorized to do that here.")
      await (say ? respond(interaction, answer.message, refusal(say)) : wait())
    } finally {
      cancel()
      await told
    }
  }
}

const laterFor = (isCommand: boolean, flags: object): [number, object?] =>
  isCommand ? [answer.later, flags] : [answer.nothing]

const refusal = (text: string) => ({
  content: text.slice(0, 2000),
  flags: ephemeralFlag,
  allowed_mentions: { parse: [] },
})
