import type { RoomRules } from "../kernel/network.ts"

/** Why something that arrived is not answered. */
export const dropCodes = [
  "no-chat-kind",
  "own-message",
  "bot",
  "account-disabled",
  "dm-disabled",
  "dm-not-listed",
  "not-paired",
  "groups-disabled",
  "room-not-listed",
  "room-disabled",
  "sender-not-listed",
  "not-mentioned",
  "mentions-others",
  "reaction-unwanted",
  "command-not-allowed",
  "too-old",
  "empty",
] as const
export type DropCode = (typeof dropCodes)[number]

export interface Reason {
  code: DropCode
  /** The setting that decided, as it is written in the config. */
  setting?: string
  /** What it says there. */
  value?: string
  /** More to tell, such as the code of a pairing. */
  detail?: string
}

/**
 * Whether somebody may be heard at a place. `unpaired`: not yet, a person may let them in.
 * `listed`: they are named there by a list or a pairing, rather than let in as anybody.
 */
export type Verdict =
  | { kind: "heard"; listed: boolean; room?: RoomRules }
  | { kind: "unpaired" }
  | { kind: "dropped"; reason: Reason }

export const dropped = (
  code: DropCode,
  setting?: string,
  value?: unknown,
): Extract<Verdict, { kind: "dropped" }> => ({
  kind: "dropped",
  reason: {
    code,
    ...(setting && { setting }),
    ...(value !== undefined && { value: String(value) }),
  },
})
