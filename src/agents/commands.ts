import { z } from "zod"
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
      useAccessGroups: z
        .boolean()
        .default(true)
        .describe("Take commands in groups only from those that the group's allowlist names."),
    }),
})
export type CommandsConfig = z.infer<typeof commands.schema>

/** True when `allowFrom` names this sender; undefined when nobody is named at all. */
export const isListed = (
  { allowFrom }: Pick<CommandsConfig, "allowFrom">,
  channel: string,
  sender: string,
): boolean | undefined => {
  if (!allowFrom) return undefined
  const own = Object.hasOwn(allowFrom, channel) ? allowFrom[channel] : undefined
  const list = own ?? (Object.hasOwn(allowFrom, "*") ? allowFrom["*"] : undefined)
  return list?.some((entry) => entry === "*" || entry === sender) ?? false
}
