/** A typed name that the composition root (`app.ts`) fills in. */
export interface Service<T> {
  readonly service: string
  /** Carries the type only; never set. */
  readonly provides?: T
}

export const service = <T>(name: string): Service<T> => ({ service: name })

/** What a declaration asks for: its own names for the services it uses. */
// oxlint-disable-next-line typescript/no-explicit-any -- a service of any type may be needed
export type Needs = Record<string, Service<any>>

/** The services behind a declaration's `needs`, as its handler receives them. */
export type Supplied<N extends Needs> = {
  readonly [K in keyof N]: N[K] extends Service<infer T> ? T : never
}

/**
 * Holds one value, or a way to read one, for each service.
 * `supply` reads each service at the moment it is used, so a section is always the current one.
 */
export class Services {
  readonly #values = new Map<string, () => unknown>()

  provide<T>(name: Service<T>, value: T): T {
    this.#values.set(name.service, () => value)
    return value
  }

  /** Provides a value that is looked up at each use, such as a config section. */
  provideLive<T>(name: Service<T>, read: () => T): void {
    this.#values.set(name.service, read)
  }

  has(name: Service<unknown>): boolean {
    return this.#values.has(name.service)
  }

  get<T>(name: Service<T>): T {
    const read = this.#values.get(name.service)
    if (!read) throw new Error(`no service provides "${name.service}"`)
    return read() as T
  }

  supply<N extends Needs>(needs: N): Supplied<N> {
    const supplied = {}
    for (const [key, name] of Object.entries(needs)) {
      Object.defineProperty(supplied, key, { enumerable: true, get: () => this.get(name) })
    }
    return supplied as Supplied<N>
  }
}
