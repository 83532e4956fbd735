import type { AccountSettings } from "../channels/account.ts"
import type { AnyChannel, Button, Conversation, Enclosure, Poll } from "../kernel/network.ts"
import type { Styled } from "../kernel/styled.ts"
import { loadMarkdown } from "./markdown.ts"
import { split } from "./split.ts"
import type { NewPart } from "./store.ts"

/** How an account wants to be written to. */
export type Manner = Pick<
  AccountSettings,
  "textChunkLimit" | "chunkMode" | "markdown" | "replyToMode" | "replyToModeByChatType"
>

export interface Message {
  /** Markdown. */
  text?: string
  enclosures?: readonly Enclosure[]
  poll?: Poll
  buttons?: readonly (readonly Button[])[]
  /** The message it answers. `asked`: the agent wanted it to be shown so, whatever the account says. */
  replyTo?: { id: string; asked: boolean }
  silent?: boolean
}

export interface Addressed {
  channel: Pick<AnyChannel, "limits" | "measure">
  manner: Manner
  conversation: Pick<Conversation, "id" | "kind" | "thread">
  via?: string
}

/** A message in the parts that its network takes: texts cut to size, each file by itself. */
export const compose = async (message: Message, to: Addressed): Promise<NewPart[]> => {
  const { enclosures = [], poll, buttons, silent } = message
  const texts = message.text ? await chunksOf(message.text, to) : []
  const [first] = texts
  const withFile =
    enclosures[0] && !enclosures[0].round && first !== undefined && fitsCaption(first, to)
  const parts: Omit<NewPart["part"], "conversation">[] = [
    ...(withFile ? [] : texts.map((text) => ({ text }))),
    ...enclosures.map((enclosure, index) =>
      withFile && index === 0 ? { enclosure, text: first } : { enclosure },
    ),
    ...(withFile ? texts.slice(1).map((text) => ({ text })) : []),
    ...(poll ? [{ poll }] : []),
  ]
  const { conversation, via } = to
  const answers = repliesOf(message, to)
  return parts.map((part, index) => ({
    part: {
      conversation,
      ...part,
      ...(buttons && index === parts.length - 1 && { buttons }),
      ...(answers(index) && { replyTo: message.replyTo!.id }),
      ...(via !== undefined && { via }),
      ...(silent && { silent }),
    },
  }))
}

const chunksOf = async (text: string, { channel, manner }: Addressed) => {
  const toStyled = await loadMarkdown()
  const styled = toStyled(text, { tables: manner.markdown.tables })
  const { text: longest, lines } = channel.limits
  return split(styled, {
    limit: Math.min(manner.textChunkLimit ?? longest, longest),
    ...(lines && { lines }),
    ...(channel.measure && { measure: (chunk) => channel.measure!(chunk) }),
    mode: manner.chunkMode,
  })
}

const fitsCaption = (text: Styled, { channel: { limits, measure } }: Addressed) =>
  limits.caption !== undefined && (measure?.(text) ?? text.text.length) <= limits.caption

/** Which parts are shown as an answer: none, the first, or all. */
const repliesOf = ({ replyTo }: Message, { manner, conversation: { kind } }: Addressed) => {
  const mode = (kind && manner.replyToModeByChatType[kind]) ?? manner.replyToMode
  if (!replyTo || (mode === "off" && !replyTo.asked)) return () => false
  return (index: number) => mode === "all" || index === 0
}
