import { channelsHere } from "../channels.ts"
import { command, fased } from "../command.ts"
import { openSettings } from "../settings.ts"
import { table } from "../table.ts"

export const channelsList = command({
  about: "What this program can speak and what of it is set up; nothing is connected for it.",
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  examples: [["fased channels list", "which networks there are, and how each is set up"]],
  async run({ json }, context) {
    const { out, env } = context
    const [known, { blockOf }, { accountIds, resolveAccounts }, settings] = await Promise.all([
      channelsHere(context),
      import("../../channels/config.ts"),
      import("../../channels/resolve.ts"),
      openSettings(context),
    ])
    const config = (settings.current().composed?.channels ?? {}) as Parameters<typeof blockOf>[0]
    const channels = known.all().map((channel) => {
      const block = blockOf(config, channel.id)
      const isSet = block !== undefined || resolveAccounts(channel, undefined, env).length > 0
      const { id, label, setup } = channel
      return { id, label, setup, accounts: isSet ? [...accountIds(block)] : [] }
    })
    if (json) return out.json({ channels })
    const { accent, good, muted } = out.paint
    const rows = channels.map(({ id, setup, accounts }) => [
      [id, accent] as const,
      accounts.length ? ([accounts.join(", "), good] as const) : (["not set up", muted] as const),
      setup,
    ])
    for (const line of table(["CHANNEL", "ACCOUNTS", "SETUP"], rows, { width: out.width, muted }))
      out.print(line)
    out.print()
    out.print(`Connect one: ${accent(fased(context, "channels add <channel>"))}`)
  },
})
