import type { AnyMethod } from "../kernel/method.ts"
import { service } from "../kernel/service.ts"

/** The methods there are, each found by its name. */
export interface MethodTable {
  readonly names: readonly string[]
  /** Undefined when there is none; a promise where its file is yet to be loaded. */
  find(name: string): AnyMethod | undefined | Promise<AnyMethod | undefined>
}

/** Every method that is served, for those that tell of them. */
export const MethodTable = service<MethodTable>("methods")

/** A file that declares methods, and their names with spaces between. */
export interface MethodModule {
  load: () => Promise<object>
  names: string
}

/** Loads a file when one of its methods is first called: most of them no client ever calls. */
export const lazyTable = (modules: readonly MethodModule[]): MethodTable => {
  const homes = new Map(
    modules.flatMap((home) => home.names.split(" ").map((name) => [name, home] as const)),
  )
  const load = async (name: string, home: MethodModule) =>
    Object.values(await home.load()).find((one: AnyMethod) => one.name === name)
  return {
    names: [...homes.keys()],
    find(name) {
      const home = homes.get(name)
      return home && load(name, home)
    },
  }
}

export const tableOf = (methods: readonly AnyMethod[]): MethodTable => {
  const byName = new Map(methods.map((method) => [method.name, method]))
  return { names: [...byName.keys()], find: (name) => byName.get(name) }
}
