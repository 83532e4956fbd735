/** One message of the mailbox becomes one call of `/hooks/gmail`. */
import { Fault } from "../../kernel/fault.ts"
import type { GmailMessage } from "../../services/google/gmail-message.ts"
import { toRead } from "../../services/google/gmail-message.ts"
import { type Reader, wordsOf } from "../../services/mail/letter.ts"
import { wake, work } from "../act.ts"
import { callFor, transformed } from "../answer.ts"
import type { Shop } from "../needs.ts"
import { gmailPreset, mappingsFor } from "../presets.ts"
import type { GmailWatch } from "./settings.ts"

export const handOver = async (
  message: GmailMessage,
  { watch, shop, reader }: { watch: GmailWatch; shop: Shop; reader: Reader },
) => {
  const { clock, hooks } = shop
  const facts = {
    payload: {
      source: "gmail",
      account: watch.account,
      messages: [await factsOf(message, watch, reader)],
    },
    headers: new Headers(),
    query: new URLSearchParams(),
    path: "gmail",
    now: new Date(clock.now()),
  }
  const mapping =
    mappingsFor(hooks, "gmail").find(
      ({ match }) => match.source === undefined || match.source === "gmail",
    ) ?? gmailPreset
  const changed = await transformed(mapping, facts, shop)
  if (!changed) return
  const unsafe = changed.allowUnsafeExternalContent || watch.allowUnsafeExternalContent
  // The same message is the same call, whoever told of it and how often.
  const id = `gmail:${watch.account}:${message.id}`
  const call = await callFor(changed, facts, { id, shop })
  if ("mode" in call) return void (await wake({ ...call, unsafe }, shop))
  const model = call.model ?? usable(watch.model, shop)
  await work({ thinking: watch.thinking, ...call, model, unsafe }, shop)
}

/** Mail is not to wait for a model that may not be used. */
const usable = (model: string | undefined, { models, log }: Shop) => {
  if (model === undefined) return undefined
  try {
    return models.check(model)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    log.for("webhooks").warn("hooks.gmail.model may not be used", { model, why: error.message })
    return undefined
  }
}

const factsOf = async (
  message: GmailMessage,
  { includeBody, maxBytes }: GmailWatch,
  reader: Reader,
) => {
  const read = toRead(message)
  const { from, to, cc, date, subject, attachments } = read
  return {
    id: message.id,
    threadId: message.threadId,
    labels: message.labelIds,
    from,
    to,
    cc,
    date,
    subject,
    snippet: message.snippet,
    body: includeBody ? cut(await wordsOf(read, reader), maxBytes) : "",
    attachments,
  }
}

/** Never in the middle of a letter. */
const cut = (text: string, maxBytes: number) => {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  const kept = new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true })
  return `${kept}\n[cut: ${bytes.length - maxBytes} more bytes]`
}
