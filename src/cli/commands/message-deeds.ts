import { isTree } from "../../config/path.ts"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import {
  ask,
  type Asked,
  onMessage,
  place,
  type PlaceArgs,
  placeOf,
  shared,
} from "../message-flags.ts"
import { showResult } from "../show-result.ts"

const act = async (
  action: string,
  args: PlaceArgs & Asked,
  more: Record<string, unknown>,
  context: Context,
) => {
  const params = { ...placeOf(args), action, ...more }
  const result = await ask("message.action", params, args, context)
  if (result === undefined) return
  if (args.json) return context.out.json(result)
  // A network's own action answers with whatever it has to tell, often nothing.
  const { result: told = result } = result as { result?: unknown }
  if (isTree(told) && Object.keys(told).length) showResult(context.out, told)
  else context.out.print(context.out.paint.good("done"))
}

export const react = command({
  args: {
    ...onMessage,
    emoji: { type: "string", valueHint: "emoji", description: "Which; none takes back all" },
    remove: { type: "boolean", description: "Take it back" },
    author: {
      type: "string",
      valueHint: "id",
      description: "Who wrote the message (Signal, WhatsApp)",
    },
    ...place,
    ...shared,
  },
  examples: [["fased message react -t 42 --message-id 7 --emoji 👍", "add a reaction"]],
  run: (args, context) =>
    act(
      "react",
      args,
      {
        messageId: args["message-id"],
        emoji: args.emoji ?? "",
        ...(args.remove && { remove: true }),
        ...(args.author && { author: args.author }),
      },
      context,
    ),
})

export const edit = command({
  args: {
    ...onMessage,
    message: {
      type: "string",
      alias: "m",
      required: true,
      valueHint: "text",
      description: "New words",
    },
    ...place,
    ...shared,
  },
  examples: [['fased message edit -t 42 --message-id 7 -m "better words"', "replace its text"]],
  run: (args, context) =>
    act("edit", args, { messageId: args["message-id"], message: args.message }, context),
})

export const read = command({
  about: "Shows the newest messages of a conversation, where the network tells them.",
  args: {
    limit: { type: "string", valueHint: "n", description: "How many (default 20)" },
    before: { type: "string", valueHint: "id", description: "Only those before this one" },
    after: { type: "string", valueHint: "id", description: "Only those after this one" },
    ...place,
    ...shared,
  },
  examples: [["fased message read --channel slack -t channel:C1 --limit 5", "the last five"]],
  run(args, context) {
    const limit = wholeNumber("--limit", args.limit, { min: 1, max: 100 })
    const { before, after } = args
    return act("read", args, { ...(limit && { limit }), before, after }, context)
  },
})

/** Something that is done to one message and takes nothing more. */
const plainDeed = (action: string, purpose: string) =>
  command({
    args: { ...onMessage, ...place, ...shared },
    examples: [[`fased message ${action} -t 42 --message-id 7`, purpose]],
    run: (args, context) => act(action, args, { messageId: args["message-id"] }, context),
  })

export const remove = plainDeed("delete", "take it back")
export const pin = plainDeed("pin", "keep it on top")
export const unpin = plainDeed("unpin", "no longer")

export const action = command({
  about:
    "Does what only one network can: threads, stickers, roles, … Their list: fased channels capabilities <channel>",
  args: {
    name: {
      type: "positional",
      required: true,
      description: "Action, such as pins or topic-create",
    },
    args: { type: "string", valueHint: "json", description: "What it takes, as a JSON object" },
    "message-id": { type: "string", valueHint: "id", description: "Message it is about" },
    ...place,
    ...shared,
  },
  examples: [
    [`fased message action topic-create -t -1001 --args '{"name":"News"}'`, "a topic in a forum"],
  ],
  run({ name, args: given, "message-id": messageId, ...args }, context) {
    const more = given === undefined ? {} : { args: parsed(given) }
    return act(name, args, { ...more, ...(messageId && { messageId }) }, context)
  },
})

const parsed = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw usage({ problem: "--args is not a JSON object." })
}
