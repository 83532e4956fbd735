import { service } from "../kernel/service.ts"
import { callGivenUp } from "./faults.ts"

/** Calls under way whose work can stop: each by its connection and the id of its request. */
export interface Calls {
  /** Has its work stop; false when there is no such call, or nothing that could. */
  cancel(connection: string, id: string): boolean
}
export const Calls = service<Calls>("calls under way")

export const createCalls = () => {
  const open = new Map<string, AbortController>()
  return {
    /** For work that asks whether it is still wanted. `end` is to be called when it is over. */
    begin(connection: string, id: string, gone: AbortSignal) {
      const name = `${connection} ${id}`
      const controller = new AbortController()
      const leave = () => controller.abort(gone.reason)
      if (gone.aborted) leave()
      else gone.addEventListener("abort", leave, { once: true })
      open.set(name, controller)
      return {
        signal: controller.signal,
        end() {
          gone.removeEventListener("abort", leave)
          if (open.get(name) === controller) open.delete(name)
        },
      }
    },
    cancel(connection: string, id: string) {
      const controller = open.get(`${connection} ${id}`)
      controller?.abort(callGivenUp())
      return controller !== undefined
    },
  }
}
