import type { Part } from "../../kernel/network.ts"
import { blocksOf } from "./blocks.ts"
import { toMrkdwn } from "./render.ts"

interface Written {
  text: string
  blocks?: object[]
  /** Signs in the text are signs, not markup. */
  mrkdwn?: false
}

/** Text that looks like nothing in particular needs no blocks; it is what is tried when those are refused. */
export const written = ({ text, buttons }: Part): Written => {
  const mrkdwn = text ? toMrkdwn(text) : ""
  if (text?.spans.length || buttons?.some((row) => row.length > 0))
    return { text: mrkdwn, blocks: blocksOf(text, buttons) }
  return { text: mrkdwn, mrkdwn: false }
}

/** The same where Slack cannot be told that signs are signs. */
export const writtenExactly = (part: Part): Required<Pick<Written, "text" | "blocks">> => {
  const { text, blocks } = written(part)
  return { text, blocks: blocks ?? (/[*_~`>]/.test(text) ? blocksOf(part.text) : []) }
}
