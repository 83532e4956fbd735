import { readFile } from "node:fs/promises"
import { expandTilde } from "../../config/paths.ts"
import type * as Yaml from "../../config/library/yaml.ts"
import { loadAside } from "../../kernel/aside.ts"
import type { Clock } from "../../kernel/clock.ts"
import { untrusted } from "../../kernel/untrusted.ts"
import type { GuardedFetch } from "../../net/guarded-fetch.ts"
import {
  failed,
  incomplete,
  notFound,
  notLetIn,
  outOfBounds,
  refused,
  slowDown,
} from "../faults.ts"
import { type Operation, readDocument } from "./document.ts"
import type { Connector, RestCall, RestClient } from "./service.ts"

const timeoutMs = 60_000
const mostBytes = 2_000_000
const mostText = 50_000
/** A document is read again after so long. */
const keepMs = 10 * 60_000

type Described = ReturnType<typeof readDocument>

export const createRestClient = ({
  guarded,
  clock,
  home,
}: {
  guarded: GuardedFetch
  clock: Clock
  home: string
}): RestClient => {
  const known = new Map<string, { at: number; described: Described }>()

  const load = async (label: string, document: string, signal: AbortSignal) => {
    if (!/^https?:/.test(document)) return readFile(expandTilde(document, home), "utf8")
    const { status, body, cut } = await guarded(document, {
      signal,
      timeoutMs,
      maxBytes: 10_000_000,
      allowPrivate: [new URL(document).hostname],
    })
    if (status !== 200 || cut)
      throw failed({ label, why: `its document cannot be read (HTTP ${status})` })
    return new TextDecoder().decode(body)
  }

  const describe = async ({ id, settings }: Connector, signal: AbortSignal): Promise<Described> => {
    const { document } = settings
    if (!document) throw incomplete({ action: id, needs: "a document" })
    const found = known.get(document)
    if (found && clock.now() - found.at < keepMs) return found.described
    const text = await load(id, document, signal).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT"
        ? failed({ label: id, why: `there is no file ${document}` })
        : error
    })
    const { parse } = await loadAside<typeof Yaml>("config/library/yaml")
    const described = readDocument(
      id,
      text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text),
    )
    known.set(document, { at: clock.now(), described })
    return described
  }

  const offered = async (connector: Connector, signal: AbortSignal) => {
    const { operations } = await describe(connector, signal)
    return [...operations.values()].filter((one) => isOffered(one, connector))
  }

  return {
    async operations(connector, signal) {
      return (await offered(connector, signal)).map(lineOf)
    },

    async whoAmI(connector, signal) {
      const list = await offered(connector, signal)
      const base = baseOf(connector, await describe(connector, signal))
      const count = `${list.length} ${list.length === 1 ? "operation" : "operations"}`
      return `${count} at ${base.origin}; the token is tried by the first call`
    },

    async call(connector, call, signal) {
      const { id, settings } = connector
      const described = await describe(connector, signal)
      const operation = described.operations.get(call.operation)
      if (!operation) throw notFound({ label: id, what: `operation ${call.operation}` })
      if (!isOffered(operation, connector))
        throw outOfBounds({
          what: call.operation,
          setting: `services.rest.${id}.operations and .access`,
        })
      const base = baseOf(connector, described)
      const { url, headers } = requestFor(operation, call, base)
      if (settings.token && settings.tokenIn === "query")
        url.searchParams.set(settings.tokenName, settings.token)
      else if (settings.token) headers[settings.tokenName] = settings.tokenPrefix + settings.token
      const { status, body, cut } = await guarded(url.href, {
        method: operation.method.toUpperCase() as "GET",
        headers: {
          accept: "application/json, text/*;q=0.9, */*;q=0.1",
          ...headers,
          ...(call.body !== undefined && { "content-type": "application/json" }),
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        signal,
        timeoutMs,
        maxBytes: mostBytes,
        allowPrivate: trustedHosts(connector),
      })
      const text = new TextDecoder().decode(body)
      const source = `${id}, ${operation.id}`
      if (status === 401) throw notLetIn({ label: id, id })
      if (status === 429) throw slowDown({ label: id })
      if (status >= 500) throw failed({ label: id, why: `it answers with HTTP ${status}` })
      if (status >= 400)
        throw refused({
          label: id,
          text: untrusted(`HTTP ${status} ${text.slice(0, 2_000)}`, { source }),
        })
      const shown = text.includes("\0") ? "[not text]" : text.slice(0, mostText).toWellFormed()
      const isCut = cut || text.length > mostText
      return `${untrusted(shown || `HTTP ${status}`, { source })}${isCut ? "\n[cut: ask for less at once]" : ""}`
    },
  }
}

const isOffered = ({ id, method }: Operation, { settings }: Connector) => {
  const { access, operations } = settings
  if (access === "read" && method !== "get" && method !== "head") return false
  return (
    !operations.length ||
    operations.some((pattern) =>
      new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, "i").test(id),
    )
  )
}

const lineOf = ({ id, method, summary, parameters, takesBody }: Operation) => {
  const args = parameters
    .filter(({ in: place }) => place !== "cookie")
    .map(
      ({ name, required, schema }) =>
        `${name}${required ? "" : "?"}: ${String(schema?.type ?? "any")}`,
    )
  return `${id} [${method}] ${summary} (${[...args, ...(takesBody ? ["body"] : [])].join(", ")})`
}

/** The credential goes where the operator said: a document cannot send it elsewhere. */
const baseOf = ({ id, settings }: Connector, { server }: Described): URL => {
  const { baseUrl, document = "" } = settings
  if (baseUrl) return new URL(baseUrl)
  const isAddress = /^https?:/.test(document)
  const base = URL.parse(server ?? "/", isAddress ? document : undefined)
  if (base && isAddress && base.origin === new URL(document).origin) return base
  throw incomplete({
    action: `services.rest.${id}`,
    needs: `baseUrl, because its document lies elsewhere than the API${base ? ` (${base.origin})` : ""}`,
  })
}

const trustedHosts = ({ settings: { baseUrl, document = "" } }: Connector) =>
  [baseUrl, document].flatMap((url) => URL.parse(url ?? "")?.hostname || [])

/** Set by us, or for someone else to say. */
const reserved = /^(?:authorization|cookie|host|content-.*|transfer-encoding|connection|proxy-.*)$/i

const requestFor = ({ id, path, parameters }: Operation, { args }: RestCall, base: URL) => {
  const stray = Object.keys(args).find((name) => !parameters.some((one) => one.name === name))
  if (stray !== undefined)
    throw incomplete({ action: id, needs: `no argument ${stray.slice(0, 60)}` })
  const missing = parameters.filter(({ name, required }) => required && args[name] === undefined)
  if (missing.length)
    throw incomplete({ action: id, needs: missing.map(({ name }) => name).join(", ") })
  const headers: Record<string, string> = {}
  const query = new URLSearchParams()
  let filled = path
  for (const { name, in: place } of parameters) {
    const value = args[name]
    if (value === undefined || place === "cookie") continue
    const words = (Array.isArray(value) ? value : [value]).map((one) =>
      typeof one === "object" ? JSON.stringify(one) : String(one),
    )
    if (place === "query") for (const word of words) query.append(name, word)
    else if (place === "path") filled = filled.replaceAll(`{${name}}`, step(id, words.join(",")))
    else if (!reserved.test(name)) headers[name] = words.join(",").replace(/[\r\n]/g, " ")
  }
  const url = new URL(base.href.replace(/\/+$/, "") + filled)
  for (const [name, value] of query) url.searchParams.append(name, value)
  return { url, headers }
}

/** One part of a path, which leads neither up nor further down. */
const step = (id: string, text: string) => {
  if (text === "" || text === "." || text === "..")
    throw incomplete({ action: id, needs: "a part of a path that names something" })
  return encodeURIComponent(text)
}
