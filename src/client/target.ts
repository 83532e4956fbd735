import { badUrl, credentialMissing } from "./faults.ts"

/** Where a gateway is and what to show it. */
export interface Target {
  url: string
  token?: string
  password?: string
  /** `local`: this machine's · `remote`: `gateway.mode` is remote · `explicit`: `--url` */
  kind: "local" | "remote" | "explicit"
  /** Where the credential was found; never the credential. */
  credential: string
}

/** What a person wrote on the command line about the gateway. */
export interface TargetFlags {
  url?: string
  port?: number
  token?: string
  password?: string
}

/** The parts of the config's `gateway` section a client reads; anything in it may be missing or wrong. */
export interface GatewaySettings {
  mode?: unknown
  port?: unknown
  auth?: { token?: unknown; password?: unknown }
  remote?: { url?: unknown; token?: unknown; password?: unknown }
}

export interface TargetSources {
  flags?: TargetFlags
  env: Readonly<Record<string, string | undefined>>
  gateway?: GatewaySettings
  /** Port this instance's running gateway wrote down, if one runs. */
  announcedPort?: number
  defaultPort: number
}

type Candidate = readonly [source: string, value: unknown]

const firstText = (candidates: readonly Candidate[]) => {
  for (const [source, value] of candidates)
    if (typeof value === "string" && value.trim()) return { source, value: value.trim() }
  return undefined
}

const asPort = (value: unknown) => {
  const port = Number(value)
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined
}

/** Which port to try: flag, environment, the running gateway's own word, config, default. */
export const resolvePort = ({ flags, env, gateway, announcedPort, defaultPort }: TargetSources) =>
  flags?.port ??
  asPort(env.FASED_GATEWAY_PORT) ??
  announcedPort ??
  asPort(gateway?.port) ??
  defaultPort

/** Resolves where the gateway is and the credential to show it (contract 01 §8). */
export const resolveTarget = (sources: TargetSources): Target => {
  const { flags = {}, env, gateway } = sources
  const remote = gateway?.mode === "remote" ? firstText([["", gateway.remote?.url]]) : undefined

  // An address given by hand gets only a credential given by hand: never this machine's secrets.
  if (flags.url !== undefined) {
    if (!flags.token && !flags.password) throw credentialMissing({ url: flags.url })
    const { token, password } = flags
    return { url: webSocketUrl(flags.url), token, password, kind: "explicit", credential: "flags" }
  }

  const inOrder = <T>(local: T, fromRemote: T, config: T, kind: "token" | "password") =>
    !remote
      ? [local, config, fromRemote]
      : kind === "token"
        ? [fromRemote, local, config]
        : [local, fromRemote, config]
  const pick = (kind: "token" | "password") =>
    firstText([
      [`--${kind}`, flags[kind]],
      ...inOrder<Candidate>(
        [`FASED_GATEWAY_${kind.toUpperCase()}`, env[`FASED_GATEWAY_${kind.toUpperCase()}`]],
        [`gateway.remote.${kind}`, gateway?.remote?.[kind]],
        [`gateway.auth.${kind}`, gateway?.auth?.[kind]],
        kind,
      ),
    ])
  const token = pick("token")
  const password = pick("password")
  const usesPort = flags.port !== undefined || !remote
  return {
    url: usesPort ? `ws://127.0.0.1:${resolvePort(sources)}` : webSocketUrl(remote.value),
    token: token?.value,
    password: password?.value,
    kind: usesPort ? "local" : "remote",
    credential: token?.source ?? password?.source ?? "none found",
  }
}

/** Accepts `http(s)://` too, as people paste it from the browser; drops path-less slashes. */
const webSocketUrl = (text: string) => {
  const swapped = text.trim().replace(/^http(s?):\/\//i, "ws$1://")
  if (!URL.canParse(swapped) || !/^wss?:/i.test(swapped)) throw badUrl({ url: text })
  return swapped.replace(/\/+$/, "")
}

/** True for names and addresses that never leave this machine. */
export const isLoopbackHost = (hostname: string) =>
  hostname === "localhost" ||
  hostname === "[::1]" ||
  hostname === "::1" ||
  /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)

/** The page a browser opens for this gateway. */
export const httpUrl = (target: Pick<Target, "url">) => `${target.url.replace(/^ws/, "http")}/`
