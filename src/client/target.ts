import { isPrivateHost } from "../kernel/private-host.ts"
import { normalizeBase } from "./base-path.ts"
import { badUrl, credentialMissing } from "./faults.ts"

/** Where a gateway is and what to show it. */
export interface Target {
  url: string
  /** The path of its Control UI, where that is not the root. */
  page?: string
  /** SHA-256 of the one certificate it may show. */
  tlsFingerprint?: string
  /** The operator takes it upon themselves that the credential crosses a network unencrypted. */
  allowPlaintext?: true
  token?: string
  password?: string
  /** It is on another machine's loopback, and the way there is SSH. */
  ssh?: SshWay
  /** Credentials the config only refers to, in place of the above; whoever signs in fetches them. */
  references?: { token?: Reference; password?: Reference }
  /** `local`: this machine's · `remote`: `gateway.mode` is remote · `explicit`: `--url` */
  kind: "local" | "remote" | "explicit"
  /** Where the credential was found; never the credential. */
  credential: string
}

export interface SshWay {
  /** `user@host:port` */
  target: string
  /** File of the private key. */
  identity?: string
  /** The gateway's port over there. */
  port: number
}

/** A setting that refers to a secret kept elsewhere, or tries to. */
export interface Reference {
  path: string
  ref: object
}

/** What a person wrote on the command line about the gateway. */
export interface TargetFlags {
  url?: string
  port?: number
  token?: string
  password?: string
  tlsFingerprint?: string
  allowPlaintext?: boolean
}

/** The parts of the config's `gateway` section a client reads; anything in it may be missing or wrong. */
export interface GatewaySettings {
  mode?: unknown
  port?: unknown
  auth?: { token?: unknown; password?: unknown }
  remote?: {
    url?: unknown
    transport?: unknown
    sshTarget?: unknown
    sshIdentity?: unknown
    token?: unknown
    password?: unknown
    tlsFingerprint?: unknown
  }
  tls?: { enabled?: unknown; certPath?: unknown }
  controlUi?: { basePath?: unknown }
}

export interface TargetSources {
  flags?: TargetFlags
  env: Readonly<Record<string, string | undefined>>
  gateway?: GatewaySettings
  /** What this instance's running gateway wrote down, if one runs. */
  announced?: { port: number; url: string; tlsFingerprint?: string }
  /** SHA-256 of the certificate this instance would serve. */
  ownFingerprint?: () => string | undefined
  defaultPort: number
  /** Of a remote gateway's credentials only those meant for it: no trying of this machine's own. */
  strict?: boolean
}

type Candidate = readonly [source: string, value: unknown]

/** A reference counts as well: what it refers to may be missing, but never stands for nothing. */
const firstOf = (candidates: readonly Candidate[]) => {
  for (const [source, value] of candidates) {
    if (typeof value === "string" && value.trim()) return { source, value: value.trim() }
    if (isReference(value)) return { source, reference: { path: source, ref: value } }
  }
  return undefined
}

const isReference = (value: unknown): value is object => typeof value === "object" && value !== null

const asPort = (value: unknown) => {
  const port = Number(value)
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined
}

/** Which port to try: flag, environment, the running gateway's own word, config, default. */
const resolvePort = ({ flags, env, gateway, announced, defaultPort }: TargetSources) =>
  flags?.port ??
  asPort(env.FASED_GATEWAY_PORT) ??
  announced?.port ??
  asPort(gateway?.port) ??
  defaultPort

/** Resolves where the gateway is and the credential to show it (contract 01 §8). */
export const resolveTarget = (sources: TargetSources): Target => {
  const { flags = {}, env, gateway } = sources
  const ssh = gateway?.mode === "remote" ? sshWay(gateway.remote) : undefined
  const remote = gateway?.mode === "remote" ? remoteUrl(gateway, ssh) : undefined

  // An address given by hand gets only a credential given by hand: never this machine's secrets.
  if (flags.url !== undefined) {
    if (!flags.token && !flags.password) throw credentialMissing({ url: flags.url })
    const { token, password } = flags
    const url = webSocketUrl(flags.url)
    return { ...about(url, sources), url, token, password, kind: "explicit", credential: "flags" }
  }

  const inOrder = <T>(local: T, fromRemote: T, config: T, kind: "token" | "password") =>
    !remote
      ? [local, config, fromRemote]
      : sources.strict
        ? [fromRemote]
        : kind === "token"
          ? [fromRemote, local, config]
          : [local, fromRemote, config]
  const pick = (kind: "token" | "password") => {
    const variable = `FASED_GATEWAY_${kind.toUpperCase()}`
    const fromRemote: Candidate = [`gateway.remote.${kind}`, gateway?.remote?.[kind]]
    const config: Candidate = [`gateway.auth.${kind}`, gateway?.auth?.[kind]]
    // A reference in the setting for this very gateway goes before what an old shell still exports.
    const own = remote ? fromRemote : config
    return firstOf([
      [`--${kind}`, flags[kind]],
      ...(isReference(own[1]) ? [own] : []),
      ...inOrder<Candidate>([variable, env[variable]], fromRemote, config, kind),
    ])
  }
  const token = pick("token")
  const password = pick("password")
  const where =
    flags.port !== undefined || !remote
      ? ({ ...local(sources), kind: "local" } as const)
      : ({ ...about(remote, sources), url: remote, kind: "remote", ...(ssh && { ssh }) } as const)
  const references = {
    ...(token?.reference && { token: token.reference }),
    ...(password?.reference && { password: password.reference }),
  }
  return {
    ...where,
    token: token?.value,
    password: password?.value,
    ...(Object.keys(references).length && { references }),
    credential: token?.source ?? password?.source ?? "none found",
  }
}

const remoteUrl = ({ remote }: GatewaySettings, ssh: SshWay | undefined) => {
  const url = textIn(remote?.url)
  const named = url === undefined ? undefined : webSocketUrl(url)
  // By SSH only its scheme and port count: the gateway is on the other machine's loopback.
  return ssh ? `${named?.split(":")[0] ?? "ws"}://127.0.0.1:${ssh.port}` : named
}

/** The other machine's usual port. */
const usualPort = 18_789

/** SSH, where the config names a machine for it and does not ask for the direct way. */
const sshWay = (remote: GatewaySettings["remote"] = {}): SshWay | undefined => {
  const target = textIn(remote.sshTarget)
  if (target === undefined || remote.transport === "direct") return undefined
  const identity = textIn(remote.sshIdentity)
  const url = textIn(remote.url)
  const port = url && asPort(new URL(webSocketUrl(url)).port)
  return { target, port: port || usualPort, ...(identity && { identity }) }
}

const textIn = (value: unknown) =>
  typeof value === "string" && value.trim() ? value.trim() : undefined

/** How a gateway elsewhere is to be trusted. A pin in the config holds for its address, however that was given. */
const about = (url: string, { flags = {}, env, gateway = {} }: TargetSources) => {
  const isRemote = flags.url === undefined || isSameUrl(url, gateway.remote?.url)
  const configured = isRemote ? gateway.remote?.tlsFingerprint : undefined
  // A pin that is blank or no text is a mistake to be told, not a pin to be left out.
  const pin = flags.tlsFingerprint ?? configured ?? undefined
  return {
    ...(pin !== undefined && { tlsFingerprint: String(pin) }),
    ...((flags.allowPlaintext || env.FASED_ALLOW_PLAINTEXT_WS === "1") && {
      allowPlaintext: true as const,
    }),
  }
}

/** This machine's own gateway: its word for the certificate counts, and nobody else's. */
const local = (sources: TargetSources) => {
  const { flags = {}, gateway, announced } = sources
  const port = resolvePort(sources)
  const known = announced?.port === port ? announced : undefined
  const isSecure = known ? known.url.startsWith("wss:") : gateway?.tls?.enabled === true
  const own = isSecure ? (known?.tlsFingerprint ?? sources.ownFingerprint?.()) : undefined
  const pin = flags.tlsFingerprint ?? own
  const url = `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}`
  const basePath = gateway?.controlUi?.basePath
  const page = typeof basePath === "string" ? normalizeBase(basePath) : ""
  return { url, ...(page && { page }), ...(pin !== undefined && { tlsFingerprint: pin }) }
}

const isSameUrl = (url: string, text: unknown) => {
  try {
    return typeof text === "string" && webSocketUrl(text) === url
  } catch {
    return false
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

/** True for addresses in private networks and tailnets, and names that lead nowhere else. */
export const isNearHost = (hostname: string) =>
  isPrivateHost(hostname) || /^[a-z0-9-]+$|\.(?:ts\.net|lan|internal|home\.arpa)$/i.test(hostname)

/** The page a browser opens for this gateway. */
export const httpUrl = ({ url, page = "" }: Pick<Target, "url" | "page">) =>
  `${url.replace(/^ws/, "http")}${page}/`
