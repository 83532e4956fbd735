import { Fault } from "../kernel/fault.ts"
import type { Models, OpenModel } from "../models/service.ts"

/** Why the turn went on to another model. */
export interface Fallback {
  from: string
  to: string
  error: Fault
}

/** True for what another model may do better: anything a provider or its settings brought about. */
const isModelFault = (error: unknown): error is Fault =>
  error instanceof Fault && error.code.startsWith("models.")

/** The models of one turn, best first. One that failed is not tried again. */
export class Candidates {
  readonly #left: string[]
  #using = ""
  #first: Fault | undefined

  constructor(
    refs: readonly string[],
    private readonly models: Models,
    private readonly tell: (fallback: Fallback) => void,
  ) {
    this.#left = refs.length ? [...refs] : [models.defaultRef()]
  }

  /** Opens the next model. When none is left it throws what was wrong with the first. */
  async next(): Promise<OpenModel> {
    for (let ref = this.#left.shift(); ref !== undefined; ref = this.#left.shift()) {
      this.#using = ref
      try {
        return await this.models.open(ref)
      } catch (error) {
        this.failed(error)
      }
    }
    throw this.#first
  }

  /** Gives up on the model in use. Throws the error instead when no other model could mend it. */
  failed(error: unknown) {
    if (!isModelFault(error)) throw error
    this.#first ??= error
    const [to] = this.#left
    if (to !== undefined) this.tell({ from: this.#using, to, error })
  }
}
