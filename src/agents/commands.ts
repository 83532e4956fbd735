import * as z from "zod"
import { section } from "../kernel/section.ts"

const menus = (what: string) =>
  z
    .union([z.boolean(), z.literal("auto")])
    .default("auto")
    .describe(what)

export const commands = section({
  id: "commands",
  summary: "Words in a chat that the gateway answers itself, and who may use them.",
  reload: "live",
  schema: () =>
    z.strictObject({
      native: menus("Offer commands in the menus of networks that have such."),
      nativeSkills: menus("Offer skills there as well."),
      text: z
        .boolean()
        .default(true)
        .describe("Understand typed commands on networks that have menus of their own."),
      bash: z
        .boolean()
        .default(false)
        .describe("Let /bash and !command run commands of this machine, through the exec policy."),
      bashForegroundMs: z
        .int()
        .min(0)
        .max(30_000)
        .default(2000)
        .describe("How long /bash waits before the command goes on in the background."),
      config: z.boolean().default(false).describe("Let /config show and change the config file."),
      debug: z
        .boolean()
        .default(false)
        .describe("Let /debug change settings in memory, until the next restart."),
      restart: z.boolean().default(true).describe("Let /restart restart the gateway."),
      allowFrom: z
        .record(
          z.string().min(1).describe("Channel, such as telegram; * is any."),
          z.array(z.string().trim().min(1)).describe("Senders by their id; * is anyone."),
        )
        .optional()
        .describe("Who may use commands on channels, and nobody else. Operators always may."),
      ownerAllowFrom: z
        .array(
          z
            .string()
            .trim()
            .min(1)
            .refine((entry) => entry !== "*", "cannot be everybody"),
        )
        .default([])
        .describe(
          "Owners by network and id, as telegram:42: commands that change things are theirs.",
        ),
      useAccessGroups: z
        .boolean()
        .default(true)
        .describe("Take commands in groups only from those that the group's allowlist names."),
    }),
})
export type CommandsConfig = z.infer<typeof commands.schema>

/**
 * How `allowFrom` names somebody; undefined when there is no such list. Everybody is let in by `*`,
 * and nobody is made an owner by it.
 */
export const listedFor = (
  { allowFrom }: Pick<CommandsConfig, "allowFrom">,
  channel: string,
  ids: readonly string[],
): "id" | "everybody" | "nobody" | undefined => {
  if (!allowFrom) return undefined
  const own = Object.hasOwn(allowFrom, channel) ? allowFrom[channel] : undefined
  const list = own ?? (Object.hasOwn(allowFrom, "*") ? allowFrom["*"] : undefined) ?? []
  if (list.some((entry) => ids.includes(entry) || isWith(channel, entry, ids))) return "id"
  return list.includes("*") ? "everybody" : "nobody"
}

/** True for somebody that the config makes an owner. A network's id counts on that network alone. */
export const isOwnerOn = (
  { ownerAllowFrom }: Pick<CommandsConfig, "ownerAllowFrom">,
  channel: string,
  ids: readonly string[],
) => ownerAllowFrom.some((entry) => isWith(channel, entry, ids))

/** `telegram:42` */
const isWith = (channel: string, entry: string, ids: readonly string[]) =>
  ids.some((id) => entry === `${channel}:${id}`)
