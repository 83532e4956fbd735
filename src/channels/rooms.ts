import * as z from "zod"
import { toolLists } from "../agents/tools.ts"
import type { Conversation, RoomRules } from "../kernel/network.ts"
import { groupPolicies } from "./account.ts"

const ids = (description: string) =>
  z
    .array(z.union([z.string().trim().min(1).max(200), z.int().transform(String)]))
    .optional()
    .describe(description)

/** Which tools may be used in a room, for everybody in it or by sender. */
export const roomTools = () => ({
  tools: z.strictObject(toolLists).optional().describe("Tools in this room; it can only be less."),
  toolsBySender: z
    .record(
      z.string().min(1).describe("Sender, as id:42; * is anyone."),
      z.strictObject(toolLists).describe("Their tools."),
    )
    .optional()
    .describe("Tools by sender, in place of those of the room."),
})

/** What can be set of one room. Nothing has a default: a room inherits from those around it. */
export const roomSettings = () => ({
  enabled: z.boolean().optional().describe("Hear anything there at all."),
  requireMention: z.boolean().optional().describe("Answer only who speaks to it. Default: true."),
  groupPolicy: z
    .enum(groupPolicies)
    .optional()
    .describe("Who is heard there, in place of the account's."),
  allowFrom: ids("People that are heard there, by stable id. Empty: nobody."),
  skills: z.array(z.string()).optional().describe("Skills there. Unset: all; empty: none."),
  systemPrompt: z.string().max(20_000).optional().describe("What agents are told there besides."),
  ...roomTools(),
})
export type RoomSettings = z.output<z.ZodObject<ReturnType<typeof roomSettings>>>

/** The same for a topic of a forum, which may have an agent of its own. */
export const topicSettings = () => ({
  ...roomSettings(),
  agentId: z.string().min(1).optional().describe("The agent that answers in this topic."),
})
type TopicSettings = z.output<z.ZodObject<ReturnType<typeof topicSettings>>>

/** `groups`: rooms by id, `*` for all others. */
export const groupSettings = () =>
  z
    .record(
      z.string().min(1).describe("Room by id; * is any."),
      z.strictObject(roomSettings()).describe("One room."),
    )
    .optional()
    .describe("Rooms it listens to. Where rooms are named, the others are not heard.")

/** The same on a network with topics. */
export const forumSettings = () =>
  z
    .record(
      z.string().min(1).describe("Room by id; * is any."),
      z
        .strictObject({
          ...roomSettings(),
          topics: z
            .record(
              z.string().min(1).describe("Topic by id."),
              z.strictObject(topicSettings()).describe("One topic."),
            )
            .optional()
            .describe("Topics of a forum; each inherits from its room."),
        })
        .describe("One room."),
    )
    .optional()
    .describe("Rooms it listens to. Where rooms are named, the others are not heard.")

type Groups = Readonly<
  Record<string, RoomSettings & { topics?: Readonly<Record<string, TopicSettings>> }>
>

/** The rules of a room on a network that lists rooms by id, `*` for all others. */
export const rulesOf = (groups: Groups | undefined, conversation: Conversation): RoomRules => {
  const named = [conversation.id, conversation.parent].find(
    (id) => id !== undefined && groups && Object.hasOwn(groups, id),
  )
  const any = groups?.["*"]
  const room = named === undefined ? undefined : groups?.[named]
  const topics = room?.topics ?? any?.topics
  const { id = "" } = conversation.thread ?? {}
  const topic = topics && Object.hasOwn(topics, id) ? topics[id] : undefined
  const set = <K extends keyof RoomSettings>(key: K): RoomSettings[K] =>
    topic?.[key] ?? room?.[key] ?? any?.[key]
  return {
    listed: groups === undefined ? "open" : room || any ? "yes" : "no",
    enabled: set("enabled") ?? true,
    groupPolicy: set("groupPolicy"),
    requireMention: set("requireMention") ?? true,
    senders: set("allowFrom") as readonly string[] | undefined,
    skills: set("skills"),
    systemPrompt: set("systemPrompt"),
    ...toolsOf([topic, room, any]),
    agentId: topic?.agentId,
  }
}

/**
 * The tools of a room: a list by sender comes before the one for everybody, and what is nearer before
 * what is wider. What is wider than a list for everybody counts for nobody.
 */
const toolsOf = (levels: readonly (RoomSettings | undefined)[]) => {
  let toolsBySender: RoomSettings["toolsBySender"]
  for (const level of levels) {
    if (level?.toolsBySender) toolsBySender = { ...level.toolsBySender, ...toolsBySender }
    if (level?.tools || toolsBySender?.["*"]) return { toolsBySender, tools: level?.tools }
  }
  return { toolsBySender, tools: undefined }
}
