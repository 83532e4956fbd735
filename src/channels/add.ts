import { ofOneAccount } from "../config/legacy-accounts.ts"
import type { Edit } from "../config/edit.ts"
import type { Path } from "../config/path.ts"
import type { AnyChannel } from "../kernel/network.ts"
import type { ChannelBlock } from "./config.ts"
import { soleAccount } from "./accounts.ts"

/** Where the settings of an account stand: at the channel itself as long as it is the only one. */
export const placeOf = (channel: string, block: ChannelBlock | undefined, account: string): Path =>
  account === soleAccount && !block?.accounts
    ? ["channels", channel]
    : ["channels", channel, "accounts", account]

/**
 * What makes room for one more account: where the channel has its only account at its top, that
 * one becomes `accounts.default` first. Policies stay where they are, for all to inherit.
 */
export const makeRoom = (
  { id, credentials }: Pick<AnyChannel, "id" | "credentials">,
  block: ChannelBlock | undefined,
  account: string,
): readonly Edit[] => {
  if (!block || account === soleAccount || block.accounts) return []
  const own = new Set([...ofOneAccount, ...credentials.map(({ setting }) => setting)])
  return Object.keys(block)
    .filter((key) => own.has(key))
    .flatMap((key) => [
      { path: ["channels", id, "accounts", soleAccount, key], value: block[key] },
      { path: ["channels", id, key] },
    ])
}
