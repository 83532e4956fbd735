import { type Accounts, isLive } from "../channels/accounts.ts"
import type { AgentsConfig } from "../agents/config.ts"
import { findAgent } from "../agents/config.ts"
import type { MessagesConfig } from "../agents/messages.ts"
import type { Turn } from "../agent/turns.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Session } from "../sessions/session.ts"
import { type Asked, blocksKey, placeOf, previewKey } from "./answer.ts"
import type { Answers } from "./answers.ts"
import { blockEnd, type BlockSizes, isInCode } from "./blocks.ts"
import { compose } from "./compose.ts"
import type { Network, Networks } from "./network.ts"
import type { Outbox } from "./outbox.ts"
import { createPreview } from "./preview.ts"
import { readGrowing, readReply } from "./reply-text.ts"
import { createTyping } from "./typing.ts"

export interface WatchNeeds {
  outbox: Outbox
  answers: Answers
  accounts: Pick<Accounts, "connection">
  networks: Networks
  agents: () => AgentsConfig
  messages: () => MessagesConfig
  find: (sessionKey: string) => Promise<Pick<Session, "overrides"> | null>
  clock: Clock
  log: Log
}

/** Something of an answer that is shown while it is written. `end` settles when nothing of it is under way. */
interface Shown {
  grown?(text: string): void
  thought?(text: string): void
  end(): Promise<void> | void
}

/** Shows on its network what a turn is doing: that it was read, that it writes, what it has written. */
export const createWatch = (needs: WatchNeeds) => {
  const { outbox, answers, networks, clock } = needs
  const log = needs.log.for("outbox")
  const running = new Map<string, Promise<readonly Shown[]>>()

  const connectionOf = ({ message }: Asked) => {
    const live = needs.accounts.connection(message.channel, message.account)
    return isLive(live) ? live.connection : undefined
  }

  /** What fails here costs nobody their answer. */
  const lightly = (what: string, work: () => Promise<unknown> | undefined) => {
    const noted = (error: unknown) => log.debug(`${what} failed`, { error })
    try {
      work()?.catch(noted)
    } catch (error) {
      noted(error)
    }
  }

  const typing = (asked: Asked): Shown | undefined => {
    const { conversation, addressed, via } = asked.message.network
    const { typingMode, typingIntervalSeconds } = needs.agents().defaults
    const mode = typingMode ?? (conversation.kind === "direct" || addressed ? "instant" : "message")
    if (mode === "never") return undefined
    const place = placeOf(asked).conversation
    const shown = createTyping({
      show: (on) => lightly("typing", () => connectionOf(asked)?.typing?.(place, on, via)),
      everyMs: typingIntervalSeconds * 1000,
      clock,
    })
    if (mode === "instant") shown.begin()
    return {
      grown: () => shown.begin(),
      ...(mode === "thinking" && { thought: () => shown.begin() }),
      end: shown.end,
    }
  }

  /** Whether readers are told at all, the account's connection knows. */
  const receipt = (asked: Asked) => {
    const { id, sender } = asked.message
    if (sender.kind !== "person") return
    const place = placeOf(asked).conversation
    lightly("the receipt of a message", () => connectionOf(asked)?.read?.(place, id, sender.id))
  }

  const reaction = (asked: Asked, { settings, channel }: Network): Shown | undefined => {
    const { message } = asked
    const { ackReaction, ackReactionScope: scope, removeAckAfterReply } = needs.messages()
    const { conversation, addressed } = message.network
    const isDirect = conversation.kind === "direct"
    const fits =
      scope === "all" ||
      (scope === "direct" && isDirect) ||
      (scope === "group-all" && !isDirect) ||
      (scope === "group-mentions" && !isDirect && addressed)
    const own = findAgent(needs.agents(), asked.agentId).identity?.emoji
    const emoji = settings.ackReaction ?? ackReaction ?? own ?? "👀"
    if (!fits || typeof emoji !== "string" || !emoji || !channel.can.react) return undefined
    const place = placeOf(asked).conversation
    const react = (take: "add" | "remove") =>
      lightly("the reaction to a message", () =>
        connectionOf(asked)?.react?.(
          place,
          message.id,
          emoji,
          take,
          message.sender.kind === "person" ? message.sender.id : undefined,
        ),
      )
    react("add")
    return { end: () => (removeAckAfterReply ? react("remove") : undefined) }
  }

  const preview = (
    asked: Asked,
    network: Network,
    { mode, showsThoughts }: { mode: Streaming; showsThoughts: boolean },
  ): Shown => {
    const key = previewKey(asked.runId)
    const to = placeOf(asked)
    let text = ""
    let thoughts = ""
    const shown = createPreview({
      async post(part) {
        const row = await outbox.add({ key, to, sessionKey: asked.sessionKey, parts: [{ part }] })
        const { state, messageIds } = await outbox.settled(row.id)
        return state === "sent" ? messageIds[0] : undefined
      },
      async render(written) {
        const { replyTo } = readReply(written)
        const id = replyTo && replyTo !== "current" ? replyTo.id : asked.message.id
        const parts = await compose(
          { text: readGrowing(written), replyTo: { id, asked: replyTo !== undefined } },
          {
            channel: network.channel,
            manner: network.settings,
            conversation: to.conversation,
            via: asked.message.network.via,
          },
        )
        return parts[0]?.part
      },
      connection: () => connectionOf(asked),
      clock,
      failed: (error) => log.debug("a growing answer could not be shown", { error }),
    })
    return {
      grown(whole) {
        text = whole
        shown.grown(glimpse[mode](text))
      },
      thought(delta) {
        thoughts += delta
        if (showsThoughts && !text) shown.grown(`_${thoughts.trim().replaceAll("_", "")}_`)
      },
      end: shown.end,
    }
  }

  const blocks = async (asked: Asked, { settings }: Network): Promise<Shown> => {
    const { defaults } = needs.agents()
    const { blockStreamingChunk: chunk, blockStreamingCoalesce: shared, humanDelay } = defaults
    const coalesce = { ...shared, ...settings.blockStreamingCoalesce }
    const maxChars = coalesce.maxChars ?? chunk.maxChars
    const sizes: BlockSizes = {
      ...chunk,
      maxChars,
      minChars: Math.min(coalesce.minChars ?? chunk.minChars, maxChars),
    }
    const before = await outbox.withPrefix(blocksKey(asked.runId))
    const said = before.map(({ source = "" }) => source).join("")
    let number = before.length
    let taken = said.length
    let text = ""
    let adding = Promise.resolve()
    let cancel: (() => void) | undefined

    const emit = (length: number) => {
      const source = text.slice(taken, taken + length)
      taken += length
      const at = number++
      const wait = at ? pauseOf(humanDelay) : 0
      adding = adding
        .then(() => answers.block(asked, at, source, wait ? clock.now() + wait : undefined))
        .catch((error: unknown) => log.warn("a part of an answer is not sent early", { error }))
    }
    const flush = () => {
      const rest = text.slice(taken)
      if (rest.length >= sizes.minChars && !isInCode(rest, rest.length)) emit(rest.length)
    }
    return {
      grown(whole) {
        // What another process sent of this answer must be how it begins, else all is said at its end.
        if (!whole.startsWith(said.slice(0, whole.length))) return
        text = whole
        for (let end = blockEnd(text.slice(taken), sizes); end;) {
          emit(end)
          end = blockEnd(text.slice(taken), sizes)
        }
        cancel?.()
        cancel = clock.after(coalesce.idleMs ?? 1000, flush)
      },
      async end() {
        cancel?.()
        await adding
      },
    }
  }

  const follow = (turn: Turn, shown: readonly Shown[]) => {
    let text = ""
    return turn.follow((part) => {
      if (part.type === "thinking") for (const one of shown) one.thought?.(part.delta)
      if (part.type !== "text") return
      text += part.delta
      for (const one of shown) one.grown?.(text)
    })
  }

  const begin = async (asked: Asked, turn: Turn): Promise<readonly Shown[]> => {
    const { message, sessionKey } = asked
    const network = networks.find(message.channel, message.account)
    if (!network) return []
    await outbox.spokenTo(sessionKey, placeOf(asked), clock.now())
    receipt(asked)
    if (!(await answers.mayAnswer(asked))) return []
    const { defaults } = needs.agents()
    const { settings, channel } = network
    const inBlocks =
      (settings.blockStreaming ?? defaults.blockStreamingDefault === "on") &&
      defaults.blockStreamingBreak === "text_end"
    const growing = async () => {
      if (inBlocks) return blocks(asked, network)
      const { streaming: mode = "off" } = settings
      if (mode === "off" || !channel.can.edit) return undefined
      // What is answered elsewhere, as a slash command is, can not everywhere be changed there.
      if (message.network?.via !== undefined) return undefined
      const session = await needs.find(sessionKey)
      return preview(asked, network, {
        mode,
        showsThoughts: session?.overrides.reasoning === "stream",
      })
    }
    const shown = [typing(asked), reaction(asked, network), await growing()].filter(
      (one) => one !== undefined,
    )
    const stopFollowing = follow(turn, shown)
    return [...shown, { end: stopFollowing }]
  }

  const end = async (runId: string) => {
    const shown = await running.get(runId)
    running.delete(runId)
    for (const one of shown ?? []) await one.end()
  }

  return {
    /** Shows what the turn does until it is over. */
    begin(asked: Asked, turn: Turn) {
      const { runId } = asked
      const began = begin(asked, turn).catch((error: unknown) => {
        log.warn("nothing is shown of a turn", { run: runId, error })
        return []
      })
      running.set(runId, began)
      void turn.done.finally(() => end(runId))
    },
    /** The turn says no more; settles when nothing of it is under way. */
    end,
  }
}

type Streaming = Exclude<NonNullable<Network["settings"]["streaming"]>, "off">

/** What is shown of an answer so far. */
const glimpse: Record<Streaming, (text: string) => string> = {
  partial: (text) => text,
  block(text) {
    const ends = [...text.matchAll(/\n\s*\n/g)].map(({ index }) => index)
    return text.slice(0, ends.findLast((end) => !isInCode(text, end)) ?? 0)
  },
  progress: () => "_An answer is being written …_",
}

/** What makes it look less like a machine, in ms. */
const pauseOf = ({ mode, minMs, maxMs }: AgentsConfig["defaults"]["humanDelay"]) => {
  if (mode === "off") return 0
  const [least, most] = mode === "natural" ? [800, 2500] : [minMs, Math.max(minMs, maxMs)]
  return Math.round(least + Math.random() * (most - least))
}
