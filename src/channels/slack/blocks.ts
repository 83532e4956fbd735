/** Buttons as Slack's Block Kit has them: https://docs.slack.dev/reference/block-kit */
import type { Part } from "../../kernel/network.ts"
import type { Styled } from "../../kernel/styled.ts"
import { richText } from "./rich.ts"

/** What our buttons are called, so that another's are told apart. */
export const ours = "fased:"
const mostInRow = 25

/** A text as it looks, and buttons below it. The text beside blocks is for notifications only. */
export const blocksOf = (text: Styled | undefined, buttons: Part["buttons"] = []): object[] => [
  ...(text?.text.trim() ? [richText(text)] : []),
  ...buttons
    .filter((row) => row.length > 0)
    .map((row, at) => ({
      type: "actions",
      elements: row.slice(0, mostInRow).map(({ label, data, tone }, column) => ({
        type: "button",
        action_id: `${ours}${at}:${column}`,
        text: { type: "plain_text", text: [...label].slice(0, 75).join(""), emoji: true },
        value: data,
        ...(tone && { style: tone === "good" ? "primary" : "danger" }),
      })),
    })),
]
