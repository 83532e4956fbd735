import * as z from "zod"
import { Environment } from "../../config/paths.ts"
import { Clock } from "../../kernel/clock.ts"
import { Fault } from "../../kernel/fault.ts"
import { Log } from "../../kernel/log.ts"
import type { Services } from "../../kernel/service.ts"
import { labelId, labelsOf } from "../../services/google/gmail.ts"
import { GoogleAccount } from "../../services/google/service.ts"
import { Store } from "../../store/database.ts"
import { PageReader } from "../../web/provide.ts"
import { hooks } from "../config.ts"
import { hookNeeds } from "../needs.ts"
import { lacksRight, notWatching } from "./faults.ts"
import { createKeyring } from "./keyring.ts"
import type { GmailWatcher, Synced } from "./service.ts"
import { type GmailWatch, watchOf } from "./settings.ts"
import { createGmailStore } from "./store.ts"
import { begin, sync, type Syncing } from "./sync.ts"

/** A push may get lost: Gmail is asked now and then all the same. */
const anywayMs = 60 * 60_000
const backoffMs = [30_000, 60_000, 5 * 60_000, 15 * 60_000]
const watching = z.object({ expiration: z.coerce.number() })

/** Keeps Gmail telling of new mail, and reads what is new. */
export const createGmailWatcher = (services: Services) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("webhooks")
  const store = createGmailStore(services.get(Store))
  const google = services.get(GoogleAccount)
  const shop = services.supply(hookNeeds)
  const stop = new AbortController()
  let cancel: (() => void) | undefined
  let failures = 0
  /** What is being watched by the clock. */
  let current: GmailWatch | undefined
  let running: Promise<Synced> | undefined
  let next: Promise<Synced> | undefined

  const prepare = async (): Promise<Syncing> => {
    const watch = watchOf(services.get(hooks))
    if (!watch) throw notWatching()
    const { account } = watch
    const lacks = google.lacks(["readMail"], account)
    if (lacks) throw lacksRight({ lacks, account })
    const reader = services.get(PageReader)
    return { watch, google: await google.client(), store, shop, reader, signal: stop.signal }
  }

  const renew = async ({ watch, google, signal }: Syncing, isAnew: boolean) => {
    const { account, topic, label, renewEveryMinutes } = watch
    if (!topic) return
    const as = `${topic} ${label}`
    const known = store.watched(account)
    const isDue = known?.as !== as || clock.now() - known.at >= renewEveryMinutes * 60_000
    if (!isDue && !isAnew) return
    const id = labelId(label, await labelsOf(google, { account, signal }))
    const body = { topicName: topic, labelIds: [id], labelFilterBehavior: "include" }
    const answer = await google.ask("gmail", "/watch", { method: "POST", body, account, signal })
    const { expiration } = watching.parse(answer)
    store.setWatched(account, { as, at: clock.now(), expiresAt: expiration })
    log.info("gmail tells of new mail", { account, label, until: expiration })
  }

  const once = async (isAnew = false): Promise<Synced> => {
    const syncing = await prepare()
    const { account, topic } = syncing.watch
    if (!store.place(account)) await begin(syncing)
    await renew(syncing, isAnew)
    const count = await sync(syncing)
    if (count) log.info("new mail", { account, count })
    const until = topic && store.watched(account)?.expiresAt
    return { account, count, ...(until && { watchedUntil: until }) }
  }

  /** One at a time: two would each find the same mail new. */
  const alone = (isAnew?: boolean): Promise<Synced> => {
    const run = () => (running = once(isAnew).finally(() => (running = undefined)))
    if (!running) return run()
    return (next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return run()
      }))
  }

  const waitMs = (error: unknown) => {
    const wait = backoffMs[Math.min(failures, backoffMs.length) - 1]!
    const asked = error instanceof Fault ? error.toWire().retryAfterMs : undefined
    return Math.max(wait, asked ?? 0)
  }

  const tick = async () => {
    const watch = current
    if (!watch) return
    let ms: number
    try {
      await alone()
      failures = 0
      ms = watch.topic
        ? Math.min(anywayMs, watch.renewEveryMinutes * 60_000)
        : watch.pollSeconds * 1000
    } catch (error) {
      if (stop.signal.aborted) return
      failures++
      ms = waitMs(error)
      const why = error instanceof Fault ? error.message : error
      log.warn("the mailbox could not be read", { account: watch.account, error: why, againMs: ms })
    }
    // The config may have changed meanwhile, and with it what is planned.
    if (current === watch && !stop.signal.aborted) cancel = clock.after(ms, () => void tick())
  }

  const watcher: GmailWatcher = {
    sync: () => alone(),
    begin: () => alone(true),
    keysWith: createKeyring(google, clock),
  }
  return {
    watcher,
    /** The config may be another. */
    plan() {
      const skipped = Boolean(services.get(Environment).FASED_SKIP_GMAIL_WATCHER?.trim())
      const wanted = skipped ? undefined : watchOf(services.get(hooks))
      if (Bun.deepEquals(wanted, current)) return
      cancel?.()
      current = wanted
      failures = 0
      void tick()
    },
    rest: () => cancel?.(),
    async close() {
      current = undefined
      cancel?.()
      stop.abort()
      await running?.catch(() => undefined)
    },
  }
}
