import type { AnyChannel, Arrival, Heard } from "../kernel/network.ts"
import { service } from "../kernel/service.ts"
import type { AccountSettings } from "./account.ts"

/** Where an account hands over what arrived. */
export interface Source {
  channel: AnyChannel
  account: string
  /** The account's settings, inheritance resolved. */
  config: AccountSettings & Record<string, unknown>
}

/** The way in from every chat network: judged, placed and on disk when it settles. */
export interface Ingress {
  /** Rejects only when it could not be kept: the network must not be told then that it was received. */
  arrived(source: Source, arrival: Arrival): Promise<Heard>
}
export const Ingress = service<Ingress>("ingress")
