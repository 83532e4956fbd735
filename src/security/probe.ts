import type { ConnectParams } from "../client/wire.ts"
import { type AnyRisk, type Exposure, risk } from "../kernel/risk.ts"
import { service } from "../kernel/service.ts"

/** The gateway that runs here, for `security audit --deep` to knock at; no address when none runs. */
export const KnownGateway = service<{
  /** `ws://127.0.0.1:<port>` */
  url: string | undefined
  version: string
}>("known gateway")

const needs = { gateway: KnownGateway }
const deadlineMs = 3_000

/** Every probe goes as a stranger would: it carries no secret, so none can be lost on the way. */
const strangers: ConnectParams = {
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: "fased-probe", mode: "probe", version: "", platform: process.platform },
  role: "operator",
  scopes: ["operator.admin"],
}

/** What became of a `connect`: let in, refused with a code, or no answer that says. */
type Welcome = "let in" | `refused: ${string}` | "no answer"

const knock = (url: string, version: string, headers: Record<string, string> = {}) =>
  new Promise<Welcome>((resolve) => {
    const tls = { rejectUnauthorized: false }
    const socket = new WebSocket(url, { headers, tls } as unknown as string[])
    const end = (welcome: Welcome) => {
      clearTimeout(timer)
      resolve(welcome)
      socket.close()
    }
    const timer = setTimeout(() => end("no answer"), deadlineMs)
    socket.onclose = () => end("no answer")
    socket.onmessage = ({ data }) => {
      const { type, ok, error } = JSON.parse(String(data)) as {
        type?: string
        ok?: boolean
        error?: { details?: { code?: string } }
      }
      if (type === "res")
        return end(ok ? "let in" : `refused: ${error?.details?.code ?? "unknown"}`)
      const client = { ...strangers.client, version }
      const params = { ...strangers, client }
      socket.send(JSON.stringify({ type: "req", id: "probe", method: "connect", params }))
    }
  })

const ask = async (url: string, path: string, init: RequestInit = {}) => {
  const response = await fetch(new URL(path, url.replace(/^ws/, "http")), {
    ...init,
    redirect: "manual",
    signal: AbortSignal.timeout(deadlineMs),
    tls: { rejectUnauthorized: false },
  })
  await response.body?.cancel()
  return response.status
}

/** A probe of a gateway that answers; nothing to say of one that does not, which has a finding of its own. */
const probe = (
  id: string,
  title: string,
  look: (url: string, version: string) => Promise<Omit<Exposure, "severity"> | null>,
) =>
  risk({
    id: `gateway.probe_${id}`,
    title,
    needs,
    async detect({ gateway: { url, version } }): Promise<Exposure | null> {
      if (!url || !(await answers(url))) return null
      const found = await look(url, version)
      return found && { severity: "critical", ...found }
    },
  })

const answers = async (url: string) => (await ask(url, "/healthz").catch(() => 0)) === 200

const foreignOrigin = "https://probe.invalid"
const foreignHost = "probe.invalid"

/** Doors that lead to work, each with the way in that a script would take. */
const doors = ["/v1/chat/completions", "/v1/responses", "/tools/invoke", "/hooks/wake"]
const closed: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 429])

/** What `--deep` adds: the running gateway, tried from outside without a credential. */
export const probes: readonly AnyRisk[] = [
  risk({
    id: "gateway.probe_failed",
    title: "The running gateway was not probed",
    needs,
    async detect({ gateway: { url } }) {
      if (url && (await answers(url))) return null
      return {
        severity: "info",
        detail: url ? `Nothing answers at ${url}.` : "No gateway of this instance runs.",
        remediation: "Start it with fased start, then run: fased security audit --deep",
      }
    },
  }),
  probe("no_auth", "The gateway lets strangers in", async (url, version) =>
    (await knock(url, version)) === "let in"
      ? {
          detail: `${url} let in a client without any credential.`,
          remediation: "Run it without --auth none: fased start",
        }
      : null,
  ),
  probe("foreign_origin", "Pages elsewhere may talk to the gateway", async (url, version) => {
    const welcome = await knock(url, version, { origin: foreignOrigin })
    return welcome === "refused: CONTROL_UI_ORIGIN_NOT_ALLOWED" || welcome === "no answer"
      ? null
      : {
          detail: `A connect from the page ${foreignOrigin} came as far as "${welcome}".`,
          remediation: "Look at gateway.controlUi.allowedOrigins.",
        }
  }),
  probe("foreign_host", "The gateway answers to names that are not its own", async (url) => {
    const status = await ask(url, "/", { headers: { host: foreignHost } })
    return status >= 400
      ? null
      : {
          detail: `A request for the host ${foreignHost} was answered with ${status}.`,
          remediation:
            "fased config unset gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
        }
  }),
  probe("http_open", "An HTTP endpoint asks for no credential", async (url) => {
    const body = "{}"
    const headers = { "content-type": "application/json" }
    const statuses = await Promise.all(
      doors.map(async (path) => [path, await ask(url, path, { method: "POST", body, headers })]),
    )
    const open = statuses.filter(([, status]) => !closed.has(Number(status)))
    return open.length
      ? {
          detail: `Answered without a credential: ${open.map(([path, status]) => `${path} (${status})`).join(", ")}.`,
          remediation: "Update fased, and report this.",
        }
      : null
  }),
]
