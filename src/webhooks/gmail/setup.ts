import { newToken } from "../../config/setup.ts"
import type { Edit } from "../../config/edit.ts"
import type { Reloader } from "../../config/reloader.ts"
import type { Settings } from "../../config/settings.ts"
import { Fault } from "../../kernel/fault.ts"
import { changeKeeping, type Kept } from "../../secrets/keep.ts"
import { ownStore } from "../../secrets/own-store.ts"
import type { GoogleAccount } from "../../services/google/service.ts"
import type { HooksConfig } from "../config.ts"
import { mappingsFor } from "../presets.ts"
import { lacksRight } from "./faults.ts"
import type { GmailWatching, Synced } from "./service.ts"
import type { GmailWatch } from "./settings.ts"
import { byHand, layPipes } from "./topic.ts"

/** As `gog` named them: what it made is taken over. */
const usual = { topic: "gog-gmail-watch", subscription: "gog-gmail-watch-push" }

export type Wish = Pick<GmailWatch, "account"> &
  Partial<
    Pick<
      GmailWatch,
      | "label"
      | "topic"
      | "subscription"
      | "hookUrl"
      | "pushServiceAccount"
      | "includeBody"
      | "maxBytes"
      | "renewEveryMinutes"
    >
  > & { project?: string }

export interface Shop {
  hooks: HooksConfig
  settings: Settings
  reloader: Reloader
  google: GoogleAccount
  gmail: GmailWatching
  folder: string
  signal: AbortSignal
}

export interface SetUp {
  mode: "push" | "poll"
  /** What was done, and what is left for a person to do. */
  done: string[]
  todo: string[]
  /** The right at Google that is lacking to do it all. */
  lacks?: "pubsub"
  synced?: Synced
}

/** Watches a mailbox: by pushes where a project is named, else by asking now and then. */
export const setUp = async (wish: Wish, shop: Shop): Promise<SetUp> => {
  const { hooks, google, reloader, gmail } = shop
  const { account } = wish
  const lacks = google.lacks(["readMail"], account)
  if (lacks) throw lacksRight({ lacks, account })
  const { project: _, ...given } = wish
  const wanted = { ...given, ...namesOf(wish) }
  const known = hooks.gmail.account === account ? hooks.gmail : undefined
  const watch: Wish = { ...known, ...wanted }
  const pushToken = hooks.gmail.pushToken ?? newToken()

  const laid = await lay({ watch, pushToken }, shop)
  const isKnown = known !== undefined
  await change({ wanted, isKnown, pushToken: watch.topic && pushToken, laid }, shop)
  await reloader.look()
  const { done, todo, lacks: lacking } = laid
  done.push(`Watches the mailbox ${account}.`)
  const synced = await (await gmail()).begin().catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error
    todo.push(`Gmail cannot be watched yet: ${error.message} Then run this again.`)
    return undefined
  })
  return { mode: watch.topic ? "push" : "poll", done, todo, lacks: lacking, synced }
}

type Laid = Pick<SetUp, "done" | "todo" | "lacks">

/** The topic and its subscription, or what a person does about them. */
const lay = async (
  { watch, pushToken }: { watch: Wish; pushToken: string },
  { hooks, google, folder, signal }: Shop,
): Promise<Laid> => {
  const { account, topic, subscription, hookUrl, pushServiceAccount: serviceAccount } = watch
  const left = (todo: string): Laid => ({ done: [], todo: [todo] })
  if (!topic)
    return hookUrl
      ? left("Pushes need a project of Google Cloud: --project <id>")
      : { done: [], todo: [] }
  if (!subscription || !hookUrl)
    return left(
      "Say where Google reaches /hooks/gmail of this gateway, by https: --push-endpoint https://<host>/hooks/gmail",
    )
  const audience = hooks.gmail.pushAudience
  const pipes = { topic, subscription, hookUrl, serviceAccount, audience }
  const hand = [
    "Make them by hand, in a shell with the rights:",
    ...byHand(pipes, ownStore(folder)),
  ]
  if (google.lacks(["pubsub"], account)) return { done: [], todo: hand, lacks: "pubsub" }
  try {
    const client = await google.client()
    return { done: await layPipes({ ...pipes, pushToken }, client, { account, signal }), todo: [] }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const what = `Google did not make the topic and its subscription: ${error.message}`
    return { done: [], todo: [what, ...hand] }
  }
}

/** Whole names, as Google wants them. */
const namesOf = ({ project, topic, subscription }: Wish) => {
  const whole = (kind: string, name: string | undefined, otherwise: string) =>
    name?.includes("/") ? name : `projects/${project}/${kind}/${name ?? otherwise}`
  if (!project && !topic?.includes("/")) return {}
  return {
    topic: whole("topics", topic, usual.topic),
    subscription:
      project || subscription?.includes("/")
        ? whole("subscriptions", subscription, usual.subscription)
        : `${topic!.split("/").slice(0, 2).join("/")}/subscriptions/${subscription ?? usual.subscription}`,
  }
}

interface Change {
  wanted: Wish
  /** The mailbox is watched already: what was not said stays. */
  isKnown: boolean
  pushToken?: string
  laid: Laid
}

const change = async (
  { wanted, isKnown, pushToken, laid }: Change,
  { hooks, settings, folder }: Shop,
) => {
  const at = (...path: string[]) => ["hooks", ...path]
  const edits: Edit[] = [
    ...(isKnown
      ? Object.entries(wanted).map(([name, value]) => ({ path: at("gmail", name), value }))
      : [{ path: at("gmail"), value: wanted }]),
    { path: at("enabled"), value: true },
    ...(mappingsFor(hooks, "gmail").length
      ? []
      : [{ path: at("presets"), value: [...hooks.presets, "gmail"] }]),
    ...(laid.lacks ? [{ path: ["services", "google", "pubsub"], value: true }] : []),
  ]
  const kept: Kept[] = [
    ...(hooks.token?.trim() ? [] : [{ path: at("token"), value: newToken() }]),
    ...(pushToken && !(isKnown && hooks.gmail.pushToken)
      ? [{ path: at("gmail", "pushToken"), value: pushToken }]
      : []),
  ]
  const state = settings.current()
  await changeKeeping(kept, { state, folder }, (refs) =>
    settings.change([...edits, ...refs], { afar: true }),
  )
}
