import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Somebody {
  channel: string
  account: string
  sender: string
  name: string
}
interface Listed {
  pending: (Somebody & { code: string; createdAtMs: number })[]
  paired: (Somebody & { approvedAtMs: number })[]
}

const where = {
  channel: { type: "string", valueHint: "channel", description: "Only this channel" },
  account: { type: "string", valueHint: "account", description: "Only this account" },
} as const

/** `Ada (42)`; a name is whatever somebody calls themselves. */
const who = ({ sender, name }: Somebody) =>
  name ? `${printable(name, 40)} (${printable(sender, 80)})` : printable(sender, 80)
const place = ({ channel, account }: Somebody) => printable(`${channel} ${account}`, 80)

export const pairingList = command({
  about:
    "Codes last an hour. Being let in counts in private chats with that account, nowhere else.",
  args: {
    of: { type: "positional", required: false, description: "Channel; default: all" },
    ...where,
    ...gatewayFlags,
  },
  examples: [["fased pairing list telegram", "who asks to be heard, and who was let in"]],
  async run({ of, channel = of, account, ...args }, context) {
    const { out } = context
    const listed = (await withGateway(args, context, (client) =>
      client.request("pairing.list", { channel, account }),
    )) as Listed
    if (args.json) return out.json(listed)
    const { accent, heading, muted } = out.paint
    const options = { width: out.width, muted, indent: "  " }
    const now = Date.now()
    const { pending, paired } = listed
    if (pending.length) {
      out.print(heading("Waiting to be let in"))
      const rows = pending.map((one) => [
        [printable(one.code, 20), accent] as const,
        place(one),
        who(one),
        ago(one.createdAtMs, now),
      ])
      for (const line of table(["CODE", "CHANNEL", "WHO", "AGE"], rows, options)) out.print(line)
      out.print(
        `  ${muted("Let one in with:")} ${accent(fased(context, "pairing approve <code>"))}`,
      )
      out.print()
    }
    if (!paired.length) return out.print("Nobody was let in by a code.")
    out.print(heading("Let in"))
    const rows = paired.map((one) => [place(one), who(one), ago(one.approvedAtMs, now)])
    for (const line of table(["CHANNEL", "WHO", "SINCE"], rows, options)) out.print(line)
  },
})

export const pairingApprove = command({
  about: "Write the code as it was shown, behind the channel or by itself.",
  args: {
    code: { type: "positional", required: true, description: "As it was shown" },
    ...where,
    notify: { type: "boolean", description: "Tell them" },
    ...gatewayFlags,
  },
  examples: [
    ["fased pairing approve telegram ABCD2345", "let somebody in"],
    ["fased pairing approve ABCD2345 --notify", "and tell them"],
  ],
  words: true,
  async run({ code: only, account, notify, _: words, ...args }, context) {
    const { out } = context
    const code = words.at(-1) ?? only
    const channel = args.channel ?? (words.length > 1 ? words[0] : undefined)
    await withGateway(args, context, async (client, target) => {
      const result = (await client.request("pairing.approve", {
        code,
        channel,
        account,
        notify,
      })) as Somebody & { owner: boolean }
      noteTarget(target, context)
      if (args.json) return out.json(result)
      out.print(`${out.paint.good("let in")} ${who(result)} on ${place(result)}`)
      if (result.owner) out.print("They are the owner now: commands that change things are theirs.")
    })
  },
})

export const pairingRemove = command({
  about: "They are a stranger again at once; what they wrote stays.",
  args: {
    channel: { type: "positional", required: true, description: "Channel" },
    sender: {
      type: "positional",
      required: true,
      description: "Their id, as pairing list shows it",
    },
    account: { type: "string", valueHint: "account", description: "Account; unset, default" },
    ...gatewayFlags,
  },
  examples: [["fased pairing remove telegram 42", "let somebody in no longer"]],
  async run({ channel, sender, account, ...args }, context) {
    const { out } = context
    await withGateway(args, context, async (client, target) => {
      const result = await client.request("pairing.remove", { channel, sender, account })
      noteTarget(target, context)
      if (args.json) return out.json(result)
      out.print(
        `${out.paint.good("removed")} ${printable(sender, 80)} on ${printable(channel, 64)}`,
      )
    })
  },
})
