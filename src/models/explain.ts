import { Fault } from "../kernel/fault.ts"
import type { Connection } from "./connection.ts"
import * as faults from "./faults.ts"
import type { Called } from "./faults.ts"
import { safeWords } from "./safe-words.ts"

type Known = Pick<Connection, "key" | "keyName" | "headers" | "baseUrl">

/** What a provider or its library told us, whichever shape it came in. */
interface Report {
  status?: number
  code: string
  text: string
  headers: Record<string, string>
}

/**
 * Turns whatever a provider, its library or the network threw into a `models.*` fault.
 * Faults and aborts pass through as they are; so does anything else, which is a bug of ours.
 */
export const explain = (error: unknown, called: Called, connection?: Known): unknown => {
  const chain = causes(error)
  const known = chain.find((link) => link instanceof Fault || nameOf(link) === "AbortError")
  if (known) return known
  const network = chain.find((link) => networkReasons[codeOf(link)])
  const report = reportOf(error)
  if (network && (report?.status ?? 0) < 400)
    return explainNetwork(codeOf(network), called, connection)
  if (chain.some((link) => nameOf(link) === "TimeoutError"))
    return explainNetwork("ETIMEDOUT", called, connection)
  const parsing = chain.find((link) => notAnAnswer[nameOf(link)])
  if (parsing && (report?.status ?? 0) < 400)
    return endedEarly(parsing)
      ? faults.cutOff(called)
      : faults.garbled({ ...called, what: notAnAnswer[nameOf(parsing)]! })
  if (unreadableStart.test(messageOf(error)))
    return faults.garbled({ ...called, what: "a beginning we could not read" })
  return report ? explainReport(report, called, connection) : error
}

/** @ai-sdk/anthropic throws this bare Error when the first frame is not JSON. */
const unreadableStart = /^Expected a normalized Anthropic stream error$/

const explainReport = (report: Report, called: Called, connection?: Known) => {
  const { status = statusOf[report.code], text } = report
  const secrets = [connection?.key ?? "", ...Object.values(connection?.headers ?? {})]
  const answered = { ...called, said: safeWords(text, secrets) }
  const words = `${report.code} ${text}`
  const key = connection?.keyName ?? `models.providers.${called.provider}.apiKey`
  // What it says goes before its status: providers disagree on the number, hardly on the words.
  if (/insufficient_quota|credit balance|billing|payment required/i.test(words) || status === 402)
    return faults.outOfCredit(answered)
  if (tooLong.test(words) && (status === undefined || status < 429))
    return faults.contextOverflow(answered)
  if (
    status === 401 ||
    /api[ _]key (?:is )?(?:not valid|invalid)|invalid[ _]api[ _]key/i.test(words)
  )
    return faults.unauthorized({ ...answered, key })
  if (status === 403) return faults.forbidden(answered)
  if (status === 404) return faults.notOffered(answered)
  if (status === 429)
    return faults.rateLimited({ ...answered, retryAfterMs: retryAfterMs(report.headers) })
  if (status === 503 || status === 529 || /overloaded/i.test(words))
    return faults.overloaded(answered)
  if (status !== undefined && status >= 300 && status < 400)
    return faults.badRequest({
      ...answered,
      said: `the address has moved; write the new one into models.providers.${called.provider}.baseUrl`,
      httpStatus: status,
    })
  if (status === undefined || status >= 500 || status === 408 || status === 409)
    return faults.unavailable({ ...answered, httpStatus: status })
  return faults.badRequest({ ...answered, httpStatus: status })
}

const explainNetwork = (code: string, called: Called, connection?: Known) => {
  const address = connection ? new URL(connection.baseUrl).origin : "its address"
  return faults.unreachable({ ...called, address, reason: networkReasons[code] ?? "no connection" })
}

const tooLong =
  /context_length_exceeded|maximum context length|context window|prompt is too long|input is too long|input token count .* exceeds|too many (?:input )?tokens|request_too_large/i

/** Error types that arrive in mid-stream without a number. */
const statusOf: Readonly<Record<string, number>> = {
  authentication_error: 401,
  invalid_api_key: 401,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  invalid_request_error: 400,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  overloaded_error: 529,
  api_error: 500,
  server_error: 500,
}

const networkReasons: Readonly<Record<string, string>> = {
  ConnectionRefused: "nothing listens there",
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name could not be looked up",
  DNS_ENOTFOUND: "the name is not known",
  FailedToOpenSocket: "the name is not known, or no connection could be opened",
  ECONNRESET: "the connection was cut",
  ConnectionClosed: "the connection was cut",
  ETIMEDOUT: "no answer from the network",
  ConnectionTimeout: "no answer from the network",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no network",
  EPIPE: "the connection was cut",
  Malformed_HTTP_Response: "what it answered is not HTTP/1.1",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate cannot be verified",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate cannot be verified",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
}

const notAnAnswer: Readonly<Record<string, string>> = {
  AI_JSONParseError: "a piece that is not JSON",
  AI_TypeValidationError: "JSON of another shape",
  AI_InvalidResponseDataError: "pieces that do not fit together",
  AI_EmptyResponseBodyError: "nothing at all",
  AI_NoContentGeneratedError: "nothing at all",
}

const endedEarly = (error: unknown) => /ended without a finish reason/.test(messageOf(error))

const reportOf = (error: unknown): Report | undefined => {
  if (typeof error === "string") return { code: "", text: error, headers: {} }
  if (!isObject(error)) return undefined
  // A plain object is an error frame out of the stream; an Error must be one of the library's.
  if (error instanceof Error && !error.name.startsWith("AI_")) return undefined
  const inner = innerError(error)
  const status = [error.statusCode, inner.status, inner.code].find(isHttpStatus)
  return {
    status,
    code: [inner.code, inner.type, inner.status].find((part) => typeof part === "string") ?? "",
    text: typeof inner.message === "string" ? inner.message : messageOf(error),
    headers: isObject(error.responseHeaders)
      ? (error.responseHeaders as Record<string, string>)
      : {},
  }
}

/** `{error: {…}}` around the details, in an APICallError's `data` or by itself. */
const innerError = (error: Record<string, unknown>): Record<string, unknown> => {
  const data = isObject(error.data) ? error.data : error
  return isObject(data.error) ? data.error : data
}

const retryAfterMs = (headers: Record<string, string>): number | undefined => {
  const exact = Number(headers["retry-after-ms"])
  if (headers["retry-after-ms"] && Number.isFinite(exact)) return Math.max(0, exact)
  const asked = headers["retry-after"]
  if (!asked) return undefined
  const seconds = Number(asked)
  // A moment in time counts by the provider's own clock.
  const ms = Number.isFinite(seconds)
    ? seconds * 1000
    : Date.parse(asked) - Date.parse(headers.date ?? "")
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

const causes = (error: unknown): unknown[] => {
  const chain: unknown[] = []
  for (let link = error; link != null && !chain.includes(link);) {
    chain.push(link)
    link = isObject(link) ? link.cause : undefined
  }
  return chain
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null
const isHttpStatus = (value: unknown): value is number =>
  typeof value === "number" && value >= 300 && value < 600
const nameOf = (value: unknown) => (isObject(value) ? String(value.name ?? "") : "")
const codeOf = (value: unknown) => (isObject(value) ? String(value.code ?? "") : "")
const messageOf = (value: unknown) => (isObject(value) ? String(value.message ?? "") : "")
