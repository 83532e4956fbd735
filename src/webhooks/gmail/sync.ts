import * as z from "zod"
import { Fault } from "../../kernel/fault.ts"
import { notFound } from "../../services/faults.ts"
import { labelId, labelsOf } from "../../services/google/gmail.ts"
import { gmailMessage } from "../../services/google/gmail-message.ts"
import type { GoogleClient } from "../../services/google/service.ts"
import type { Reader } from "../../services/mail/letter.ts"
import type { Shop } from "../needs.ts"
import { otherAccount } from "./faults.ts"
import { handOver } from "./hand-over.ts"
import type { GmailWatch } from "./settings.ts"
import type { GmailStore } from "./store.ts"

/** How long a message is known to be done; Gmail tells what happened for a week or so. */
const rememberMs = 30 * 86_400_000
/** After a gap no more than so many messages are looked at, the newest. */
const mostAfterGap = 100
/** Pages of history that are read at most; there are 500 changes on one. */
const mostPages = 200

const historyId = z.union([z.string(), z.number()]).transform(String)
const profile = z.object({ emailAddress: z.string(), historyId })
const history = z.object({
  history: z
    .array(
      z.object({
        messagesAdded: z.array(z.object({ message: z.object({ id: z.string() }) })).default([]),
      }),
    )
    .default([]),
  historyId,
  nextPageToken: z.string().optional(),
})
const listed = z.object({ messages: z.array(z.object({ id: z.string() })).default([]) })

export interface Syncing {
  watch: GmailWatch
  google: GoogleClient
  store: GmailStore
  shop: Shop
  reader: Reader
  signal: AbortSignal
}

/** What is new in the mailbox since the last time: each message once. Gives how many there were. */
export const sync = async (syncing: Syncing): Promise<number> => {
  const { watch, google, store, shop, signal } = syncing
  const { account, label } = watch
  const now = shop.clock.now()
  const since = store.place(account)
  if (!since) {
    await begin(syncing)
    return 0
  }
  const labelName = labelId(label, await labelsOf(google, { account, signal }))
  const news = await newSince(since.historyId, labelName, syncing).catch(async (error: unknown) => {
    if (!(error instanceof Fault) || !notFound.is(error)) throw error
    return afterGap(since.syncedAt, labelName, syncing)
  })
  let count = 0
  for (const id of news.ids) if (await take(id, syncing)) count++
  store.advance(account, { historyId: news.historyId, syncedAt: now }, now - rememberMs)
  return count
}

/** From now on: what is in the mailbox already starts nothing. */
export const begin = async ({ watch: { account }, google, store, shop, signal }: Syncing) => {
  const known = profile.parse(await google.ask("gmail", "/profile", { account, signal }))
  if (known.emailAddress.toLowerCase() !== account.toLowerCase())
    throw otherAccount({ wanted: account, signedIn: known.emailAddress })
  store.advance(account, { historyId: known.historyId, syncedAt: shop.clock.now() }, 0)
}

const newSince = async (
  startHistoryId: string,
  label: string,
  { watch: { account }, google, signal }: Syncing,
) => {
  const ids = new Set<string>()
  let pageToken: string | undefined
  for (let page = 1; ; page++) {
    const answer = history.parse(
      await google.ask("gmail", "/history", {
        account,
        query: {
          startHistoryId,
          historyTypes: "messageAdded",
          labelId: label,
          maxResults: 500,
          pageToken,
        },
        what: "history as old as that",
        signal,
      }),
    )
    for (const { messagesAdded } of answer.history)
      for (const { message } of messagesAdded) ids.add(message.id)
    pageToken = answer.nextPageToken
    if (!pageToken) return { ids, historyId: answer.historyId }
    if (page >= mostPages) throw notFound({ label: "Gmail", what: "end of what happened" })
  }
}

/** Gmail has forgotten what happened since: whatever came in that time is looked for instead. */
const afterGap = async (syncedAt: number, label: string, syncing: Syncing) => {
  const { watch, google, shop, signal } = syncing
  const { account } = watch
  const { historyId: now } = profile.parse(
    await google.ask("gmail", "/profile", { account, signal }),
  )
  const { messages } = listed.parse(
    await google.ask("gmail", "/messages", {
      account,
      query: {
        labelIds: label,
        // A minute earlier: what is done already is known.
        q: `after:${Math.floor(syncedAt / 1000) - 60}`,
        maxResults: mostAfterGap,
      },
      signal,
    }),
  )
  shop.log
    .for("webhooks")
    .warn("gmail no longer knows what happened since; looked for what came meanwhile", {
      account,
      found: messages.length,
      most: mostAfterGap,
    })
  return { ids: messages.map(({ id }) => id).toReversed(), historyId: now }
}

/** True when it started something now. */
const take = async (id: string, syncing: Syncing): Promise<boolean> => {
  const { watch, google, store, shop, reader, signal } = syncing
  const { account } = watch
  if (store.isDone(account, id)) return false
  const done = () => store.done(account, id, shop.clock.now())
  const answer = await google.ask("gmail", `/messages/${encodeURIComponent(id)}`, {
    account,
    query: { format: "full" },
    fine: [404],
    signal,
  })
  // Deleted meanwhile.
  if (answer === null) return (done(), false)
  try {
    await handOver(gmailMessage.parse(answer), { watch, shop, reader })
  } catch (error) {
    if (signal.aborted || (error instanceof Fault && error.toWire().retryable)) throw error
    // What is wrong with this one would be wrong the next time: those behind it are not to wait.
    shop.log.for("webhooks").error("a mail could not be handed to an agent", { id, error })
    return (done(), false)
  }
  done()
  return true
}
