import { Fault } from "../../kernel/fault.ts"
import type { SetUp } from "../../webhooks/gmail/setup.ts"
import type { Synced } from "../../webhooks/gmail/service.ts"
import { wholeNumber } from "../arguments.ts"
import { command, type Context, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { type GatewayArgs, gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { canAsk } from "../prompts.ts"
import { signIn } from "../sign-in.ts"
import { momentHere } from "../tasks.ts"

/** Google takes its time, and there are several calls. */
const timeoutMs = 120_000

export const gmailSetup = command({
  about:
    "With --project Google pushes new mail here: fased makes the topic and its subscription, or says " +
    "what to run by hand. Without one the gateway asks Gmail every minute, for which no public address " +
    "is needed. Each new message starts a turn; hooks.mappings can say which.",
  args: {
    account: { type: "string", valueHint: "address", description: "Address of the mailbox" },
    project: {
      type: "string",
      valueHint: "id",
      description: "Google Cloud project of your OAuth client, for pushes",
    },
    topic: { type: "string", valueHint: "name", description: "Topic, where another is meant" },
    subscription: { type: "string", valueHint: "name", description: "Subscription, likewise" },
    label: { type: "string", valueHint: "name", description: "Only mail with it (default INBOX)" },
    "push-endpoint": {
      type: "string",
      valueHint: "url",
      alias: "hook-url",
      description: "Public address of /hooks/gmail of this gateway",
    },
    "push-service-account": {
      type: "string",
      valueHint: "address",
      description: "Service account that signs each push",
    },
    "include-body": { type: "boolean", description: "Give the agent the text (default)" },
    "max-bytes": {
      type: "string",
      valueHint: "bytes",
      description: "Longest text (default 20000)",
    },
    "renew-minutes": {
      type: "string",
      valueHint: "minutes",
      description: "How often Gmail is told to go on (default 720)",
    },
    paste: {
      type: "boolean",
      description: "Without a browser here: paste the address that Google's page leads to",
    },
    ...gatewayFlags,
  },
  examples: [
    ["fased webhooks gmail setup --account me@gmail.com", "asks Gmail every minute"],
    ["fased webhooks gmail setup --account me@gmail.com --project my-project", "Google pushes"],
  ],
  async run(args, context) {
    const { account } = args
    if (!account)
      throw usage({
        problem: "Which mailbox was not said.",
        hint: fased(context, "webhooks gmail setup --account me@gmail.com"),
      })
    const wish = {
      account,
      project: args.project,
      topic: args.topic,
      subscription: args.subscription,
      label: args.label,
      hookUrl: args["push-endpoint"],
      pushServiceAccount: args["push-service-account"],
      includeBody: args["include-body"],
      maxBytes: wholeNumber("--max-bytes", args["max-bytes"], { min: 100, max: 200_000 }),
      renewEveryMinutes: wholeNumber("--renew-minutes", args["renew-minutes"], {
        min: 1,
        max: 8_640,
      }),
    }
    const ask = () =>
      withGateway(args, context, async (client, target) => {
        noteTarget(target, context)
        return (await client.request("services.gmail.setup", wish, { timeoutMs })) as SetUp
      })
    let result = await ask()
    if (result.lacks && canAsk(args)) {
      context.out.note(
        "To make the topic, fased needs Google's leave for Pub/Sub. Sign in once more:",
      )
      await signIn("google-workspace", args, context)
      result = await ask()
    }
    if (args.json) context.out.json(result)
    else tell(result, context)
    return result.todo.length ? 1 : 0
  },
})

const tell = ({ mode, done, todo, synced, lacks }: SetUp, context: Context) => {
  const { out } = context
  const { good, warn, accent } = out.paint
  for (const line of done) out.print(`${good("✓")} ${printable(line, 1_000)}`)
  if (synced?.watchedUntil)
    out.print(`Gmail tells of new mail until ${momentHere(synced.watchedUntil)}; that is renewed.`)
  else if (synced && mode === "poll") out.print("The gateway asks Gmail for new mail now and then.")
  for (const line of todo) out.print(`${warn("!")} ${printable(line, 2_000)}`)
  if (lacks)
    out.print(
      `Or let fased make them: ${accent(fased(context, "services add google"))}, then run this again.`,
    )
}

export const gmailRun = command({
  about:
    "Has the gateway read what is new in the mailbox now, again and again, until it is interrupted. " +
    "A gateway that runs does so by itself, unless FASED_SKIP_GMAIL_WATCHER=1 is in its environment.",
  args: {
    every: { type: "string", valueHint: "seconds", description: "How often (default 60)" },
    once: { type: "boolean", description: "Only once" },
    ...gatewayFlags,
    json: { type: "boolean", description: "One JSON document per reading" },
  },
  examples: [["fased webhooks gmail run --once", "is there new mail"]],
  async run({ every, once, ...args }, context) {
    const seconds = wholeNumber("--every", every, { min: 5, max: 86_400 }) ?? 60
    if (once) return void (await read(args, context))
    for (;;) {
      await read(args, context).catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error
        context.out.note(`${printable(error.message)} Trying again in ${seconds} s.`)
      })
      await Bun.sleep(seconds * 1000)
    }
  },
})

const read = async (args: GatewayArgs & { json?: boolean }, context: Context) => {
  const { out } = context
  const result = (await withGateway(args, context, (client) =>
    client.request("webhooks.gmail.sync", {}, { timeoutMs }),
  )) as Synced
  if (args.json) return out.json(result)
  const { account, count } = result
  const what = count ? `${count} new ${count === 1 ? "message" : "messages"}` : "nothing new"
  out.print(`${printable(account, 320)}: ${what}`)
}
