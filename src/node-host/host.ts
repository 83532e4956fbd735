import { connect } from "../client/connect.ts"
import { deviceTokens } from "../client/device-auth.ts"
import { loadDevice } from "../client/device.ts"
import {
  badFingerprint,
  badUrl,
  certificateMismatch,
  certificateUntrusted,
  notPaired,
  pinWithoutTls,
  plaintextRefused,
  unauthorized,
  wireErrorCode,
} from "../client/faults.ts"
import type { Env, Paths } from "../config/paths.ts"
import { createShell } from "../exec/shell.ts"
import { type Clock, pause } from "../kernel/clock.ts"
import { commandNames, createCommands } from "./commands.ts"
import { notLetIn, takenBack } from "./faults.ts"
import { createPolicy } from "./policy.ts"
import type { NodeRecord } from "./record.ts"
import { serve } from "./serve.ts"

export interface HostOptions {
  paths: Paths
  env: Env
  clock: Clock
  version: string
  record: NodeRecord
  /** The gateway's shared token, or a setup code's: needed until this node has a token of its own. */
  token?: string
  bootstrapToken?: string
  /** Ends it. */
  signal: AbortSignal
  /** For the person who started it, or the journal. */
  tell: (line: string) => void
  /** With each connection. */
  connected?: () => void
}

const firstPauseMs = 1000
const longestPauseMs = 30_000
/** How often it is asked whether somebody has let this node in. */
const pairingPauseMs = 3000

/** Trying again changes nothing about these. */
const final = [
  certificateMismatch,
  certificateUntrusted,
  badFingerprint,
  badUrl,
  pinWithoutTls,
  plaintextRefused,
]

/** Keeps this machine a node of its gateway until it is told to end; throws when it cannot be one. */
export const runHost = async (options: HostOptions): Promise<void> => {
  const { paths, env, clock, version, record, signal, tell } = options
  const { url, tlsFingerprint, allowPlaintext } = record.gateway
  const device = loadDevice(paths.state)
  const tokens = deviceTokens(paths.state, device.id, "node")
  const path = await createShell(env, clock).path([])
  const commands = createCommands({ paths, policy: createPolicy(paths.state), path, env, clock })

  const knock = () => {
    const kept = tokens.of(url)
    const first = kept ? { deviceToken: kept } : undefined
    return connect({
      url,
      tlsFingerprint,
      allowPlaintext,
      version,
      clientId: "node-host",
      mode: "node",
      caps: ["system"],
      node: { displayName: record.displayName, commands: commandNames, pathEnv: path },
      device,
      ...(first ?? { token: options.token, bootstrapToken: options.bootstrapToken }),
    })
  }

  let wait = firstPauseMs
  let said = ""
  /** The same trouble is told once. */
  const say = (line: string) => {
    if (line !== said) tell(line)
    said = line
  }

  while (!signal.aborted) {
    try {
      await using client = await knock()
      const issued = client.hello.auth?.deviceToken
      if (issued) tokens.keep(url, issued)
      options.connected?.()
      say(`Connected to ${url} as "${record.displayName}".`)
      wait = firstPauseMs
      const { code, reason } = await serve(client, {
        nodeId: device.id,
        commands,
        clock,
        signal,
        version,
      })
      if (!signal.aborted) say(`Disconnected (${code}${reason && `: ${reason}`}).`)
    } catch (error) {
      if (unauthorized.is(error) && isStale(error.data.error) && tokens.of(url)) {
        // It was taken back there. What this node was started with may let it ask anew.
        tokens.forget(url)
        if (options.token || options.bootstrapToken) continue
        throw takenBack({ url }, error)
      }
      if (unauthorized.is(error)) throw notLetIn({ url, reason: error.data.error.message }, error)
      if (final.some((kind) => kind.is(error))) throw error
      if (notPaired.is(error)) {
        const { requestId } = (error.data.error.details ?? {}) as { requestId?: string }
        say(
          `Waiting to be let in. Where the gateway runs: fased nodes approve ${requestId ?? "<request>"}`,
        )
        wait = pairingPauseMs
      } else say(`${(error as Error).message} Trying again.`)
    }
    const jittered = wait * (0.75 + Math.random() / 2)
    await pause(clock, jittered, signal).catch(() => undefined)
    wait = Math.min(wait * 2, longestPauseMs)
  }
}

const isStale = (error: Parameters<typeof wireErrorCode>[0]) =>
  wireErrorCode(error) === "AUTH_DEVICE_TOKEN_MISMATCH"
