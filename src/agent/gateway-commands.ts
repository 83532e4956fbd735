/** Words in a chat about the gateway itself, for its operator. */
import { commands } from "../agents/commands.ts"
import { shownSettings } from "../config/load.ts"
import { formatPath, parsePath, type Tree, valueAt, withValues } from "../config/path.ts"
import { redactConfig } from "../config/redact.ts"
import { type Outcome, Reloader } from "../config/reloader.ts"
import { Sections, Settings } from "../config/settings.ts"
import { command } from "../kernel/command.ts"
import { Restarts } from "../kernel/restart.ts"
import type { Section } from "../kernel/section.ts"
import { howToConfig, howToDebug } from "./faults.ts"

/** As much of the config as a person reads in a chat. */
const shownChars = 4000

export const config = command({
  name: "config",
  description: "Show or change the config file.",
  group: "gateway",
  usage: "show [path] | get <path> | set <path> <value> | unset <path>",
  choices: ["show", "get", "set", "unset"],
  authority: "owner",
  native: false,
  needs: { commands, settings: Settings, sections: Sections, reloader: Reloader },
  available: ({ commands }) =>
    commands.config ||
    "`/config` is switched off. The operator switches it on with: fased config set commands.config true",
  async run(args, { settings, sections, reloader }) {
    const [, action = "show", path = "", value = ""] =
      /^(show|get|set|unset)\b\s*([^\s=]*)\s*=?\s*([^]*)$/i.exec(args || "show") ?? []
    if (args && !/^(show|get|set|unset)\b/i.test(args)) throw howToConfig()
    const at = path ? parsePath(path) : []
    switch (action.toLowerCase()) {
      case "set":
        if (!path || !value) throw howToConfig()
        await settings.change([{ path: at, value: readValue(value) }], { afar: true })
        return { say: done(formatPath(at), await reloader.look()) }
      case "unset":
        if (!path || value) throw howToConfig()
        await settings.change([{ path: at }], { afar: true })
        return { say: done(formatPath(at), await reloader.look()) }
      default: {
        if (value || (action.toLowerCase() === "get" && !path)) throw howToConfig()
        const state = settings.current()
        // `show` is what the file says, `get` what is in force, defaults included.
        const whole: Tree =
          action.toLowerCase() === "get" ? shownSettings(state, sections) : (state.source ?? {})
        const found = valueAt(redactConfig(whole, sections), at)
        if (found === undefined) return { say: `${path} is not set.` }
        return { say: shown(found) }
      }
    }
  },
})

const shown = (value: unknown) => {
  const text = JSON.stringify(value, null, 2)
  const cut = text.length > shownChars ? `${text.slice(0, shownChars).toWellFormed()}\n…` : text
  return `\`\`\`json\n${cut}\n\`\`\``
}

/** JSON5 where it is some, else text as it stands. */
const readValue = (text: string): unknown => {
  try {
    return Bun.JSON5.parse(text)
  } catch {
    return text
  }
}

const done = (path: string, { waits, restartInMs, issues }: Outcome) => {
  if (issues.length) return `${path} is written, but the file does not count: ${issues[0]!.message}`
  if (restartInMs !== undefined) return `${path} is changed. The gateway restarts for it now.`
  return waits.length
    ? `${path} is changed. It counts after a restart: \`/restart\`.`
    : `${path} is changed, and counts from now on.`
}

export const debug = command({
  name: "debug",
  description: "Try settings out in memory, until the gateway restarts.",
  group: "gateway",
  usage: "show | set <path> <value> | unset <path> | reset",
  choices: ["show", "set", "unset", "reset"],
  authority: "owner",
  native: false,
  needs: { commands, sections: Sections, reloader: Reloader },
  available: ({ commands }) =>
    commands.debug ||
    "`/debug` is switched off. The operator switches it on with: fased config set commands.debug true",
  async run(args, { sections, reloader }) {
    const [, action = "", path = "", value = ""] =
      /^(show|set|unset|reset)\b\s*([^\s=]*)\s*=?\s*([^]*)$/i.exec(args || "show") ?? []
    const at = path ? parsePath(path) : []
    const others = reloader.trials.filter((one) => formatPath(one.path) !== formatPath(at))
    switch (action.toLowerCase()) {
      case "show":
        return { say: tried(reloader.trials, sections) }
      case "set":
        if (!path || !value) throw howToDebug()
        await reloader.tryOut([...others, { path: at, value: readValue(value) }])
        return { say: `${formatPath(at)} is tried out until the gateway restarts.` }
      case "unset":
        if (!path || value) throw howToDebug()
        await reloader.tryOut(others)
        return { say: `${formatPath(at)} is as the config says again.` }
      case "reset":
        await reloader.tryOut([])
        return { say: "All is as the config says again." }
      default:
        throw howToDebug()
    }
  },
})

const tried = (trials: Reloader["trials"], sections: readonly Section[]) =>
  trials.length
    ? shown(redactConfig(withValues({}, trials), sections))
    : "Nothing is tried out: all is as the config says."

export const restart = command({
  name: "restart",
  description: "Restart the gateway; turns under way are ended first.",
  group: "gateway",
  authority: "owner",
  needs: { commands, restarts: Restarts },
  available: ({ commands }) =>
    commands.restart ||
    "`/restart` is switched off. The operator switches it on with: fased config set commands.restart true",
  async run(_, { restarts, sessionKey }) {
    const wake = { sessionKey, note: "The gateway restarted because /restart was typed here." }
    const { delayMs, coalesced } = await restarts.request({ reason: "/restart", ...wake })
    const seconds = Math.ceil(delayMs / 1000)
    return {
      say: coalesced
        ? `A restart is on its way already, in ${seconds} s.`
        : `The gateway restarts in ${seconds} s and says here when it is back.`,
    }
  },
})
