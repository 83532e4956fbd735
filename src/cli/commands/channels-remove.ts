import { formatPath, valueAt } from "../../config/path.ts"
import { accountFlags, namedChannel } from "../channels.ts"
import { command, fased } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { confirmed } from "../confirmed.ts"
import { usage } from "../faults.ts"
import { openSettings } from "../settings.ts"

export const channelsRemove = command({
  about:
    "Switches an account off: it is disconnected at once, hears nothing and says nothing. With --delete " +
    "its settings go as well; its sessions stay.",
  args: {
    name: { type: "positional", required: false, description: "Channel, such as telegram" },
    ...accountFlags,
    delete: { type: "boolean", description: "Remove its settings, not only switch it off" },
    yes: { type: "boolean", description: "Do not ask" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased channels remove telegram", "switch it off"],
    ["fased channels remove slack --account work --delete", "forget one of several accounts"],
  ],
  async run({ account, delete: forget = false, yes, json, ...args }, context) {
    const id = (await namedChannel(args, context))?.id
    if (!id) throw usage({ problem: "Which channel was not said.", hint: "fased channels list" })
    const { composed } = (await openSettings(context)).current()
    const path = account === undefined ? ["channels", id] : ["channels", id, "accounts", account]
    const isFlat = account === "default" && valueAt(composed ?? {}, path) === undefined
    const place = isFlat ? ["channels", id] : path
    if (valueAt(composed ?? {}, place) === undefined)
      throw usage({
        problem: `${formatPath(path)} is not set up.`,
        hint: `See what is: ${fased(context, "channels list")}`,
      })
    if (forget)
      await confirmed(`Remove the settings under ${formatPath(place)}?`, {
        yes,
        context,
        words: `channels remove ${id}${account === undefined ? "" : ` --account ${account}`} --delete --yes`,
      })
    await changeConfig(
      (settings) =>
        forget
          ? settings.unset(formatPath(place))
          : settings.set(formatPath([...place, "enabled"]), false),
      { json, unchanged: () => "It was switched off already." },
      context,
    )
  },
})
