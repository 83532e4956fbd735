import type { Ending } from "../agent/outcome.ts"
import type { Agent, AgentsConfig } from "../agents/config.ts"
import { findAgent, workspaceOf } from "../agents/config.ts"
import type { MessagesConfig } from "../agents/messages.ts"
import { type Accounts, isLive } from "../channels/accounts.ts"
import type { Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Enclosure, Part } from "../kernel/network.ts"
import type { SessionConfig } from "../sessions/config.ts"
import type { Session } from "../sessions/session.ts"
import {
  type Accepted,
  answerKey,
  type Asked,
  blocksKey,
  placeOf,
  previewKey,
  toolKeys,
} from "./answer.ts"
import { compose, type Message } from "./compose.ts"
import type { Enclosures } from "./enclosures.ts"
import { mediaBytes, type Network, type Networks } from "./network.ts"
import type { Outbox } from "./outbox.ts"
import { prefixOf } from "./prefix.ts"
import { type ReplyText, readReply } from "./reply-text.ts"
import type { Send } from "./send.ts"
import { maySend } from "./send-policy.ts"
import { readShownAs } from "./shown-as.ts"
import type { DeliveryRow, NewPart } from "./store.ts"

/** Takes the words of turns back to the conversations that asked, and nowhere else. */
export interface Answers {
  /** On disk when it returns; the same turn again changes nothing. */
  conclude(asked: Asked, ending: Ending): Promise<void>
  /** Sends an answer to where it goes as well, when it was asked for elsewhere. */
  pass(accepted: Accepted, ending: Ending): Promise<void>
  /** One part of an answer that is still being written. */
  block(asked: Asked, number: number, source: string, notBefore?: number): Promise<void>
  /** Whether what this turn says may go out at all. */
  mayAnswer(asked: Asked): Promise<boolean>
}

export interface AnswerNeeds {
  outbox: Outbox
  networks: Networks
  enclosures: Enclosures
  agents: () => AgentsConfig
  messages: () => MessagesConfig
  session: () => SessionConfig
  /** The session as it stands; null when there is none yet. */
  find: (sessionKey: string) => Promise<Pick<Session, "overrides"> | null>
  send: Send
  accounts: Pick<Accounts, "connection">
  /** Whether a turn like this one may read the files it wants to send. */
  mayReadFiles: (accepted: Accepted) => boolean
  paths: Paths
  clock: Clock
  log: Log
}

/** As much of a failure as is said in a chat. */
const shownError = 300
const mediaTimeoutMs = 90_000

export const createAnswers = (needs: AnswerNeeds): Answers => {
  const { outbox, networks, clock } = needs
  const log = needs.log.for("outbox")

  const agentOf = ({ agentId }: Asked): Agent => findAgent(needs.agents(), agentId)

  /** The files of an answer; what cannot be sent is said instead. */
  const filesOf = async (asked: Asked, { media, voice }: ReplyText, { settings }: Network) => {
    const enclosures: Enclosure[] = []
    const warnings: string[] = []
    const workspace = needs.mayReadFiles(asked)
      ? workspaceOf(agentOf(asked), needs.agents(), needs.paths)
      : undefined
    const late = new AbortController()
    const cancel = clock.after(mediaTimeoutMs, () => late.abort(new Error("it took too long")))
    const reach = { workspace, maxBytes: mediaBytes(settings), signal: late.signal }
    for (const source of media) {
      try {
        enclosures.push(
          await needs.enclosures.load({ source, ...readShownAs({ asVoice: voice }) }, reach),
        )
      } catch (error) {
        log.warn("a file of an answer is not sent", { run: asked.runId, error })
        warnings.push(`⚠️ ${error instanceof Fault ? error.message : "A file could not be read."}`)
      }
    }
    cancel()
    return { enclosures, warnings }
  }

  const partsOf = async (asked: Asked, network: Network, written: string, first: boolean) => {
    const read = readReply(written)
    const { enclosures, warnings } = await filesOf(asked, read, network)
    const text = [read.text, ...warnings].filter(Boolean).join("\n\n")
    const { message } = asked
    const id = read.replyTo && read.replyTo !== "current" ? read.replyTo.id : message.id
    const whole: Message = {
      text,
      enclosures,
      ...((first || read.replyTo) && { replyTo: { id, asked: read.replyTo !== undefined } }),
    }
    return compose(whole, {
      channel: network.channel,
      manner: network.settings,
      conversation: placeOf(asked).conversation,
      via: message.network.via,
    })
  }

  /** In the chat an account's owner has with themselves both speak by the same name. */
  const isWithSelf = ({ message: { channel, account, network } }: Asked) => {
    const live = needs.accounts.connection(channel, account)
    const { id, kind } = network.conversation
    return kind === "direct" && isLive(live) && live.connection.self.ids.includes(id)
  }

  const prefixed = (asked: Asked, { settings }: Network, ending: Partial<Ending>, text: string) => {
    const name = agentOf(asked).identity?.name ?? agentOf(asked).name
    const wanted = settings.responsePrefix ?? needs.messages().responsePrefix
    const prefix = prefixOf(wanted ?? (isWithSelf(asked) ? `[${name ?? "fased"}]` : undefined), {
      name,
      provider: ending.provider,
      model: ending.model,
    })
    return prefix && text ? `${prefix} ${text}` : text
  }

  /** What of the text was sent while it was written, where that is how it begins. */
  const restOf = (text: string, blocks: readonly DeliveryRow[]) => {
    const said = blocks.map(({ source = "" }) => source).join("")
    return text.startsWith(said) ? text.slice(said.length) : text
  }

  /** What the turn has sent to this conversation with its `message` tool is not said twice. */
  const unsaid = async (asked: Asked, text: string) => {
    const { channel, account, conversation } = placeOf(asked)
    const sent = await outbox.withPrefix(toolKeys(asked.runId))
    const isSaid = sent.some(
      ({ to, source, state }) =>
        state !== "failed" &&
        to.channel === channel &&
        to.account === account &&
        to.conversation.id === conversation.id &&
        source?.trim() === text.trim(),
    )
    return isSaid ? "" : text
  }

  const mayAnswer = async ({ sessionKey, message }: Asked) => {
    const session = await needs.find(sessionKey)
    const { sendPolicy } = needs.session()
    const about = { sessionKey, channel: message.channel }
    return maySend(about, session?.overrides.sendPolicy, sendPolicy)
  }

  return {
    mayAnswer,
    async pass(accepted, { status, text: written }) {
      const { runId, sessionKey, agentId, message } = accepted
      const { text, media, voice } = readReply(written)
      if (!message.deliver || status !== "ok" || !(text || media.length)) return
      try {
        await needs.send(
          message.deliver,
          { text, media: media.map((source) => ({ source, ...readShownAs({ asVoice: voice }) })) },
          { key: answerKey(runId), sessionKey, ...(needs.mayReadFiles(accepted) && { agentId }) },
        )
      } catch (error) {
        // Whoever asked has the answer all the same.
        log.warn("an answer is not passed on", { run: runId, error })
      }
    },
    async block(asked, number, source, notBefore) {
      const network = networks.find(asked.message.channel, asked.message.account)
      if (!network) return
      const written = number === 0 ? prefixed(asked, network, {}, source) : source
      const parts = await partsOf(asked, network, written, number === 0)
      if (!parts.length) return
      await outbox.add({
        key: `${blocksKey(asked.runId)}${String(number).padStart(4, "0")}`,
        to: placeOf(asked),
        sessionKey: asked.sessionKey,
        source,
        parts: parts.map((part) => ({ ...part, ...(notBefore && { notBefore }) })),
      })
    },
    async conclude(asked, ending) {
      const { runId, sessionKey, message } = asked
      const network = networks.find(message.channel, message.account)
      if (!network) return log.warn("an answer has no account to go out by", { run: runId })
      const shown = await outbox.find({ key: previewKey(runId) })
      // What nobody has seen yet needs no replacing.
      const isSeen =
        shown !== null && !(shown.state === "pending" && (await outbox.discard(shown.id)))
      const blocks = await outbox.withPrefix(blocksKey(runId))
      const text = ending.status === "error" ? failure(ending) : await unsaid(asked, ending.text)
      // Who stopped a turn has been told so; what stands there of it is left as it is.
      if (ending.status === "aborted" && !isSeen) return
      if (!(await mayAnswer(asked))) {
        if (text) log.info("an answer is kept back by the send policy", { run: runId })
        return
      }
      const rest = blocks.length ? restOf(text, blocks) : prefixed(asked, network, ending, text)
      const parts = await partsOf(asked, network, rest, !blocks.length)
      if (!parts.length && !isSeen) return
      await outbox.add({
        key: answerKey(runId),
        to: placeOf(asked),
        sessionKey,
        source: ending.text,
        parts: isSeen ? over(shown.id, parts, placeOf(asked).conversation) : parts,
      })
    },
  }
}

/** The text is written over what was shown of it; what has none makes that go away. */
const over = (
  preview: string,
  [first, ...others]: readonly NewPart[],
  conversation: Part["conversation"],
) =>
  first?.part.text && !first.part.enclosure
    ? [{ ...first, replaces: preview }, ...others]
    : [{ part: { conversation }, replaces: preview }, ...(first ? [first, ...others] : [])]

const failure = ({ error = "Something went wrong." }: Ending) =>
  `⚠️ ${error.length > shownError ? `${error.slice(0, shownError).toWellFormed()}…` : error}`
