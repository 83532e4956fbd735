import { formatPath, isTree, valueAt } from "../config/path.ts"
import type { Settings } from "../config/settings.ts"
import type { Log } from "../kernel/log.ts"

/** Where rooms are set, by what a network calls them. */
const places = { group: "groups", channel: "channels" } as const

/**
 * A room got another id on its network: what the config says of the old one holds for the new one.
 * Both at the channel and at the account, wherever it is named.
 */
export const renameRoom = async (
  {
    channel,
    account,
    kind,
    from,
    to,
  }: { channel: string; account: string; kind: "group" | "channel"; from: string; to: string },
  { settings, log }: { settings: Settings; log: Log },
): Promise<void> => {
  const key = places[kind]
  const lists = [
    ["channels", channel, key],
    ["channels", channel, "accounts", account, key],
  ]
  const edits = (composed: Parameters<typeof valueAt>[0]) =>
    lists.flatMap((path) => {
      const rooms = valueAt(composed, path)
      if (!isTree(rooms) || !Object.hasOwn(rooms, from) || Object.hasOwn(rooms, to)) return []
      return [{ path: [...path, to], value: rooms[from] }, { path: [...path, from] }]
    })
  const now = await settings.read()
  const due = edits(now.composed ?? {})
  if (!due.length) return
  await settings.change(({ composed }) => edits(composed ?? {}))
  log.info("a room got another id", { account, paths: due.map(({ path }) => formatPath(path)) })
}
