/** What the gateway gives to whoever speaks a network's wire. */
import type { Clock } from "./clock.ts"
import type { Log } from "./log.ts"
import type { Arrival, Heard } from "./network.ts"

/** What a connection is given. */
export interface ConnectContext {
  account: string
  /** Hands over what arrived. Settles once the network may be told that it was received. */
  arrived(arrival: Arrival): Promise<Heard>
  /** The protocol showed a sign of life: a frame, a poll that came back. */
  alive(): void
  /** Small values that outlast a restart: an offset, a session to resume. `set` settles once on disk. */
  memory: { get(key: string): string | undefined; set(key: string, value: string): Promise<void> }
  /** What the network's own menu of commands is to offer; call again when `menuChanged` says so. */
  menu(): Promise<readonly { name: string; description: string; choices?: readonly string[] }[]>
  menuChanged(listener: () => void): () => void
  /**
   * Answers POST requests to this path on the gateway's port, until the connection is over. Nobody
   * else asks for a proof there. `admits` looks at the headers before a body is read, for proofs
   * that stand there. Throws when another account has the path.
   */
  mount(
    path: string,
    handler: (request: Request, body: Buffer) => Promise<Response>,
    admits?: (headers: Headers) => boolean,
  ): () => void
  /** The setting changed on the network's side, such as an id; written where `configWrites` allows. */
  renamed(kind: "group" | "channel", from: string, to: string): Promise<void>
  /** A folder of the account's own, 0700. */
  folder: string
  /** What a program that it starts is given: the gateway's own, without what is secret or steers. */
  environment: Readonly<Record<string, string>>
  clock: Clock
  log: Log
  /** Aborts when the account is to stop; what waits for the network stops with it. */
  signal: AbortSignal
}

/** How a login that needs a person goes on, such as a QR code to scan. */
export type LoginStep =
  | { kind: "qr"; text: string }
  | { kind: "waiting"; message: string }
  | { kind: "done"; message: string }
