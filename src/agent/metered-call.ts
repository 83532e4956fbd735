import type { Clock } from "../kernel/clock.ts"
import type { Charge } from "../usage/price.ts"
import type { Ledger, Spender } from "../usage/service.ts"
import { callModel } from "./model-call.ts"

/** A model call, and what it cost. */
export type MeteredCall = (...call: Parameters<typeof callModel>) => Promise<Charge>

/** Calls that are in the books, however they end. None is made when a budget is spent. */
export const meteredCall =
  ({ ledger, clock }: { ledger: Ledger; clock: Clock }, who: Spender): MeteredCall =>
  async (model, options, answer, hear) => {
    await ledger.admit(who)
    const startedAt = clock.now()
    const record = (outcome: "ok" | "error" | "aborted") =>
      ledger.record({ who, model, usage: answer.usage, startedAt, outcome })
    try {
      await callModel(model, options, answer, hear)
    } catch (error) {
      record(options.abortSignal.aborted ? "aborted" : "error")
      throw error
    }
    return record("ok")
  }
