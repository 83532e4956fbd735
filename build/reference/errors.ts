import { root } from "../compile.ts"
import type { FaultKind } from "../../src/kernel/fault.ts"
import { byKey, code, page, table } from "./markdown.ts"

const isFaultKind = (value: unknown): value is FaultKind<unknown> =>
  typeof value === "function" && "code" in value && "status" in value && "is" in value

/** Every fault a file under src/ declares. Files that declare none are not imported. */
const declaredFaults = async () => {
  const found = new Map<string, FaultKind<unknown>>()
  for await (const path of new Bun.Glob("src/**/*.ts").scan({ cwd: root, absolute: true })) {
    if (!/^export const \w+ = fault[<(]/m.test(await Bun.file(path).text())) continue
    const exports: Record<string, unknown> = await import(path)
    for (const value of Object.values(exports)) {
      if (isFaultKind(value)) found.set(value.code, value)
    }
  }
  return [...found.values()].sort(byKey(({ code }) => code))
}

/** Stands in for whatever a message is told, and reads as its name: `<port>`. */
const placeholder = (name: string): unknown =>
  new Proxy(() => name, {
    get(_, key) {
      if (key === Symbol.toPrimitive || key === "toString" || key === "toJSON")
        return () => `<${name}>`
      if (key === Symbol.iterator) return () => [placeholder(name)].values()
      if (key === "length") return 1
      const ofTheValue =
        typeof key === "symbol" || key in Array.prototype || key in String.prototype
      return placeholder(ofTheValue ? name : key)
    },
    apply: () => placeholder(name),
  })

const row = (kind: FaultKind<unknown>) => {
  const { message, hint } = kind(placeholder("…"))
  // Arithmetic on a placeholder has no result to show.
  const text = (said: unknown) => (said ? String(said).replaceAll("NaN", "…") : "")
  return [code(kind.code), `${kind.status}`, text(message), text(hint)]
}

export const errorsPage = async () =>
  page(
    "Errors",
    "Each error has a stable code, which travels in `details.code` on the wire. `<name>` stands for what varies.",
    [table(["Code", "HTTP", "Message", "What to do"], (await declaredFaults()).map(row))],
  )
