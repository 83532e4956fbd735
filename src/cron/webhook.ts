import { Fault } from "../kernel/fault.ts"
import type { GuardedFetch } from "../net/guarded-fetch.ts"
import type { Delivered } from "./announce.ts"
import type { CronConfig } from "./config.ts"
import { toEntry } from "./entry.ts"
import type { Run } from "./run.ts"

const timeoutMs = 20_000

/** Posts the end of a run. Only what the operator wrote in the config may be in a private network. */
export const callWebhook = async (
  run: Run,
  { guarded, config, signal }: { guarded: GuardedFetch; config: CronConfig; signal: AbortSignal },
): Promise<Delivered> => {
  const { delivery, creator } = run.job
  const url = delivery?.to ?? config.webhook
  if (!url) return { status: "not-delivered", error: "The task names no address to post to." }
  const isOurs = url === config.webhook
  // The token is the operator's: an agent does not choose who gets to see it.
  const token = isOurs || creator.kind === "operator" ? config.webhookToken : undefined
  try {
    const { status } = await guarded(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": run.runId,
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(toEntry({ ...run, sending: undefined })),
      maxRedirects: 0,
      maxBytes: 4096,
      timeoutMs,
      signal,
      ...(isOurs && { allowPrivate: [new URL(url).hostname] }),
    })
    return status >= 200 && status < 300
      ? { status: "delivered" }
      : { status: "not-delivered", error: `The webhook answered with status ${status}.` }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { status: "not-delivered", error: error.message }
  }
}
