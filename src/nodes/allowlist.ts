import type { Claims } from "./claims.ts"

/** `gateway.nodes`: exact names. */
export interface CommandRules {
  allowCommands: readonly string[]
  denyCommands: readonly string[]
}

const canvas = [
  "canvas.present",
  "canvas.hide",
  "canvas.navigate",
  "canvas.eval",
  "canvas.snapshot",
  "canvas.a2ui.push",
  "canvas.a2ui.pushJSONL",
  "canvas.a2ui.reset",
]
const everyScreen = [...canvas, "camera.list", "location.get", "system.notify"]

/** How programs are run on a machine; the first two also say what may be run there. */
export const policyCommands: ReadonlySet<string> = new Set([
  "system.execApprovals.get",
  "system.execApprovals.set",
])
const machine = ["system.which", "system.run", "system.run.prepare", ...policyCommands]

/**
 * What a node of a platform may be asked for without a word in the config. Whatever records or
 * sends (`camera.snap`, `camera.clip`, `screen.record`, `sms.send`, …) is not in it: for that,
 * somebody names it in `gateway.nodes.allowCommands`.
 */
const usual: readonly (readonly [platform: RegExp, commands: readonly string[]])[] = [
  [/^(?:ios|ipados|iphone|ipad|android)/, everyScreen],
  [/^(?:darwin|macos|mac)/, [...everyScreen, ...machine]],
  [/^(?:linux|win32|windows)/, [...machine, "system.notify"]],
]

/** Commands that film, hear, track or write to people: dangerous wherever they are allowed. */
export const dangerousCommands: ReadonlySet<string> = new Set([
  "camera.snap",
  "camera.clip",
  "screen.record",
  "sms.send",
  "contacts.add",
  "calendar.add",
  "reminders.add",
  "browser.proxy",
])

/** Every name that this gateway knows something of. */
export const knownCommands: ReadonlySet<string> = new Set([
  ...everyScreen,
  ...machine,
  ...dangerousCommands,
])

/** What a node may be asked for: what it claims, as far as its platform and the config allow it. */
export const commandsOf = (
  { platform, commands }: Pick<Claims, "platform" | "commands">,
  { allowCommands, denyCommands }: CommandRules,
): string[] => {
  const byPlatform = usual.find(([known]) => known.test(platform))?.[1] ?? []
  return commands.filter(
    (name) =>
      (byPlatform.includes(name) || allowCommands.includes(name)) && !denyCommands.includes(name),
  )
}
