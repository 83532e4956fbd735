import * as z from "zod"
import { Accounts } from "../channels/accounts.ts"
import { Clock } from "../kernel/clock.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { tool } from "../kernel/tool.ts"
import { cannot, noTarget, notPermitted } from "./faults.ts"
import { Networks } from "./network.ts"
import { requireReach } from "./reach.ts"
import { Sending } from "./sending.ts"
import { readShownAs, shownAsParams } from "./shown-as.ts"
import { toolKey } from "./answer.ts"
import { readChannel } from "./target.ts"

/** What every network is asked for in the same words. */
const common = new Set(["send", "poll", "react", "edit", "delete", "read"])

export const message = tool({
  name: "message",
  group: "messaging",
  label: "Message",
  description:
    "Send to a chat network and act on messages there: send, poll, react, edit, delete, read, and what a network has of its own, such as pin. Without a target it is the conversation you are in; your answer goes there anyway, so do not send it as well.",
  params: () =>
    z.object({
      action: z.string().min(1).max(64).describe("send, poll, react, edit, delete, read, pin, …"),
      channel: z.string().max(64).optional().describe("Network, such as telegram."),
      accountId: z.string().max(64).optional().describe("Account of it."),
      target: z.string().max(200).optional().describe("Where to: a chat, a person, a room."),
      message: z.string().max(100_000).optional().describe("Markdown."),
      media: z
        .union([z.string(), z.array(z.string()).max(10)])
        .optional()
        .describe("Files of the workspace, or http addresses."),
      ...shownAsParams(),
      replyTo: z.string().max(200).optional().describe("Id of the message it answers."),
      messageId: z.string().max(200).optional().describe("Message that something is done to."),
      emoji: z.string().max(64).optional().describe("Reaction; empty takes back all of yours."),
      remove: z.boolean().optional().describe("Take the reaction back."),
      pollQuestion: z.string().max(300).optional().describe("What is asked."),
      pollOption: z.array(z.string().min(1).max(100)).max(12).optional().describe("Answers."),
      pollMulti: z.boolean().optional().describe("Let people choose more than one."),
      pollDurationHours: z.number().positive().optional().describe("How long it is open."),
      pollPublic: z.boolean().optional().describe("Show who chose what."),
      silent: z.boolean().optional().describe("Without a sound."),
      limit: z.int().min(1).max(100).optional().describe("Messages to read."),
      before: z.string().max(200).optional().describe("Only those before this id."),
      after: z.string().max(200).optional().describe("Only those after this id."),
      args: z.record(z.string(), z.unknown()).optional().describe("For a network's own action."),
    }),
  needs: {
    sending: Sending,
    networks: Networks,
    deliveries: Deliveries,
    accounts: Accounts,
    clock: Clock,
  },
  available: ({ networks }) =>
    networks.configured().length > 0 || "No chat network is set up. Add one: fased channels add",
  async run(params, context) {
    const { sending, networks, deliveries, accounts, clock, owner, place, sessionKey } = context
    const { send, outbox } = await sending()
    const last = await outbox.last(sessionKey)
    const here = place ?? last
    const channel = params.channel ?? here?.channel ?? readChannel(networks, undefined)
    const isHere = here?.channel === channel
    const account = params.accountId ?? (isHere ? here.account : undefined)
    const written = params.target ?? (isHere ? (place?.group ?? place?.sender) : undefined)
    if (written === undefined && !(isHere && last)) {
      if (!networks.find(channel, account)?.settings.defaultTo) throw noTarget(undefined)
    }
    const read =
      written === undefined && isHere && last
        ? last
        : deliveries.target(channel, written ?? "", account)
    const network = networks.find(read.channel, read.account)!
    const to = { ...read, account: network.account }
    requireReach({ owner, place }, to, network, last)
    const { action } = params
    if (!common.has(action) && !owner)
      throw notPermitted({
        why: `"${action}" is not for this conversation.`,
        hint: "Only the owner's own turns may do what a network has of its own.",
      })
    if (action === "react" && ["off", "ack"].includes(network.settings.reactionLevel))
      throw cannot({ channel: network.channel.label, what: "react here: reactionLevel is off" })
    const { act, sendNow } = await import("./act.ts")
    const needs = { networks, accounts, clock }
    if (action !== "send" && action !== "poll")
      return act(action, to, { ...params, text: params.message }, needs)
    const shown = readShownAs(params)
    const media = [params.media ?? []].flat().map((source) => ({ source, ...shown }))
    const poll = params.pollQuestion &&
      params.pollOption && {
        question: params.pollQuestion,
        options: params.pollOption,
        most: params.pollMulti ? params.pollOption.length : 1,
        ...(params.pollDurationHours && { durationMs: params.pollDurationHours * 3_600_000 }),
        ...(params.pollPublic && { public: true }),
      }
    return sendNow(
      to,
      {
        text: params.message,
        media,
        replyTo: params.replyTo,
        silent: params.silent,
        ...(action === "poll" && poll && { poll }),
      },
      {
        key: toolKey(context.runId, context.toolCallId),
        sessionKey,
        agentId: context.agentId,
        signal: context.signal,
      },
      { ...needs, send, outbox },
    )
  },
})
