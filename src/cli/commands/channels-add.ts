import type { Edit } from "../../config/edit.ts"
import type { ChannelBlock } from "../../channels/config.ts"
import { nearest } from "../../config/nearest.ts"
import { formatPath } from "../../config/path.ts"
import { systemClock } from "../../kernel/clock.ts"
import { silentLog } from "../../kernel/log.ts"
import type { AnyChannel, Probe } from "../../kernel/network.ts"
import { isSecretRef } from "../../kernel/secret.ts"
import { channelsHere, describeProbe, namedChannel } from "../channels.ts"
import { type Given, readCredentials } from "../channel-secrets.ts"
import { command, fased, type Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { channelRefused, usage } from "../faults.ts"
import { keepGiven } from "../keep-given.ts"
import { printable } from "../printable.ts"
import { canAsk, openPrompts } from "../prompts.ts"
import { openSettings } from "../settings.ts"

export const channelsAdd = command({
  about:
    "Asks for the credentials, tries them out with the network, says which permission is missing, and only " +
    "then writes the config. Secrets go to a file that only you can read; the config refers to them.",
  args: {
    name: { type: "positional", required: false, description: "Channel, such as telegram" },
    channel: { type: "string", valueHint: "name", description: "The same, as a flag" },
    account: {
      type: "string",
      valueHint: "name",
      description: "Name of a further account",
      default: "default",
    },
    label: { type: "string", valueHint: "text", description: "What people call it" },
    "token-file": { type: "string", valueHint: "path", description: "File with the token" },
    env: {
      type: "string",
      valueHint: "names",
      description: "Environment variables with the credentials, in order",
    },
    set: { type: "string", valueHint: "json", description: "More settings of the account" },
    check: { type: "boolean", default: true, description: "Write without trying it out" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased channels add telegram", "asks for the token"],
    ["pass show bot | fased channels add telegram", "from a password manager"],
    ["fased channels add slack --account work --env SLACK_BOT,SLACK_APP", "a second workspace"],
  ],
  async run(args, context) {
    const { account, label, json, check } = args
    const channel = (await namedChannel(args, context)) ?? (await chosen(args, context))
    const { composed } = (await openSettings(context)).current()
    const { blockOf } = await import("../../channels/config.ts")
    const { makeRoom, placeOf } = await import("../../channels/add.ts")
    const channels = (composed?.channels ?? {}) as Parameters<typeof blockOf>[0]
    const block = blockOf(channels, channel.id)
    if (block?.accounts?.[account] || (account === "default" && block && !block.accounts))
      throw usage({
        problem: `${channel.label} has an account ${account} already.`,
        hint: `Another one: --account <name>. Anew: ${fased(context, `channels remove ${channel.id} --account ${account} --delete`)}`,
      })
    const given = await readCredentials(channel, args, context)
    const more = settingsOf(args.set)
    const values = Object.fromEntries(given.map(({ setting, value }) => [setting, value]))
    const wanted = { ...more, ...values }
    const probe = check ? await tried(channel, account, block, wanted, context) : undefined
    if (probe && !json)
      for (const line of describeProbe(probe, context.out)) context.out.print(line)
    if (probe && !probe.ok)
      throw channelRefused({
        label: channel.label,
        // Whoever reads along has them before their eyes.
        findings: json
          ? probe.findings.map(({ text, hint }) => [text, hint].filter(Boolean).join(" → "))
          : [],
        anyway: fased(context, `channels add ${channel.id} --no-check`),
      })
    const isSecret = ({ setting }: Given) =>
      channel.settings().shape[setting]?.meta()?.secret === true
    const plainly = given.filter((one) => !isSecret(one))
    const place = placeOf(channel.id, block, account)
    const plain: Edit[] = Object.entries({
      enabled: true,
      ...(label && { name: label }),
      ...more,
      ...Object.fromEntries(plainly.map(({ setting, value }) => [setting, value])),
    }).map(([key, value]) => ({ path: [...place, key], value }))
    const { refs, undo } = await keepGiven(given.filter(isSecret), place, context)
    try {
      await changeConfig(
        (settings) => settings.change([...makeRoom(channel, block, account), ...plain, ...refs]),
        { json, unchanged: () => "Nothing was changed." },
        context,
      )
    } catch (error) {
      undo()
      throw error
    }
    if (json) return
    context.out.print(
      `See how it is: ${context.out.paint.accent(fased(context, "channels status"))}`,
    )
    if (channel.can.login)
      context.out.print(
        `Link it: ${context.out.paint.accent(fased(context, `channels login --channel ${channel.id}`))}`,
      )
  },
})

const chosen = async ({ json }: { json?: boolean }, context: Context): Promise<AnyChannel> => {
  const known = await channelsHere(context)
  if (!canAsk({ json }) || !known.all().length)
    throw usage({
      problem: "Which channel was not said.",
      hint: `There is: ${known
        .all()
        .map(({ id }) => id)
        .join(", ")}`,
    })
  const prompts = await openPrompts(context, { json })
  const id = await prompts.select({
    message: "Which network?",
    options: known.all().map(({ id, label, setup }) => ({ value: id, label, hint: setup })),
  })
  return known.find(id)!
}

const settingsOf = (text: string | undefined): Record<string, unknown> => {
  if (text === undefined) return {}
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {}
  throw usage({ problem: "--set takes a JSON object.", hint: `--set '{"apiRoot": "https://…"}'` })
}

/** Asks the network. What only one account has, and what the config only refers to, is not handed down. */
const tried = async (
  channel: AnyChannel,
  account: string,
  block: ChannelBlock | undefined,
  settings: Record<string, unknown>,
  { env, out }: Context,
): Promise<Probe | undefined> => {
  const [{ tryNewAccount }, { ofOneAccount }, { accountSchema }] = await Promise.all([
    import("../../channels/trial.ts"),
    import("../../config/legacy-accounts.ts"),
    import("../../channels/resolve.ts"),
  ])
  const schema = accountSchema(channel)
  const stranger = Object.keys(settings).find((name) => !(name in schema.shape))
  if (stranger !== undefined) {
    const meant = nearest(stranger, Object.keys(schema.shape))
    throw usage({
      problem: `${channel.label} has no setting "${printable(stranger, 64)}".`,
      hint: meant
        ? `Did you mean ${meant}?`
        : `See which there are: fased config schema channels.${channel.id}`,
    })
  }
  const judged = schema.safeParse(settings)
  if (!judged.success) {
    const [{ path, message }] = judged.error.issues as [(typeof judged.error.issues)[number]]
    throw usage({ problem: `${formatPath(path)}: ${message}` })
  }
  const handedDown = Object.entries(block ?? {}).filter(
    ([name, value]) => !ofOneAccount.includes(name) && !isSecretRef(value),
  )
  if (!channel.can.login) out.note(out.notePaint.muted(`Trying it out with ${channel.label} …`))
  return tryNewAccount(
    channel,
    { account, block: Object.fromEntries(handedDown), settings },
    { env, clock: systemClock, log: silentLog },
  )
}
