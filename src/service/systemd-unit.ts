import { authorOf, sumOf } from "./author.ts"
import type { Author } from "./author.ts"
import { blankPlan } from "./plan.ts"
import type { Facts, Plan } from "./plan.ts"

/** Variables that make our runtime, or a tool it starts, run somebody else's code. */
const unwelcome = [
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  "BUN_INSPECT",
  "BUN_INSPECT_CONNECT_TO",
  "BUN_INSPECT_PRELOAD",
  "BUN_CONFIG_PRELOAD",
  "NODE_OPTIONS",
  "NODE_PATH",
  "LD_PRELOAD",
  "LD_AUDIT",
  "LD_LIBRARY_PATH",
  "DYLD_INSERT_LIBRARIES",
  "DYLD_LIBRARY_PATH",
]

/** Costs an agent nothing it needs: it may work in its home, the network and /tmp, as its user. */
const forEveryone = [
  ["UMask", "0077"],
  ["NoNewPrivileges", "yes"],
  ["LockPersonality", "yes"],
  ["RestrictRealtime", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallFilter", "~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap"],
  ["SystemCallErrorNumber", "EPERM"],
] as const

/** Needs rights that a user's own manager does not have. */
const forSystem = [
  ["CapabilityBoundingSet", ""],
  ["AmbientCapabilities", ""],
  ["ProtectSystem", "full"],
  ["PrivateDevices", "yes"],
  ["PrivateTmp", "yes"],
  ["ProtectClock", "yes"],
  ["ProtectControlGroups", "yes"],
  ["ProtectHostname", "yes"],
  ["ProtectKernelLogs", "yes"],
  ["ProtectKernelModules", "yes"],
  ["ProtectKernelTunables", "yes"],
  ["ProtectProc", "invisible"],
  ["RemoveIPC", "yes"],
] as const

type Setting = readonly [name: string, value: string]

const sectionsOf = (plan: Plan): Record<string, readonly Setting[]> => ({
  Unit: [
    ["Description", escaped(`${plan.title} (${nameOf(plan)}v${plan.version})`)],
    ["After", "network-online.target"],
    ["Wants", "network-online.target"],
    // However often it fails, it is tried again.
    ["StartLimitIntervalSec", "0"],
  ],
  Service: [
    ["Type", "notify"],
    ["NotifyAccess", "main"],
    ...(plan.user ? [["User", plan.user] as const] : []),
    ["ExecStart", plan.command.map(argument).join(" ")],
    ["WorkingDirectory", escaped(plan.home)],
    ...Object.entries(plan.environment).map(
      ([name, value]) => ["Environment", quoted(`${name}=${value}`)] as const,
    ),
    ["EnvironmentFile", `-${escaped(literalPath(plan.environmentFile))}`],
    ["UnsetEnvironment", unwelcome.join(" ")],
    ["Restart", "always"],
    ["RestartSec", "5"],
    ["TimeoutStartSec", "120"],
    ["TimeoutStopSec", "30"],
    ["WatchdogSec", "60"],
    // A process that hangs does not end at a softer signal; the state on disk survives this one.
    ["WatchdogSignal", "SIGKILL"],
    // The gateway is asked to finish; what its agents started goes when it is gone.
    ["KillMode", "mixed"],
    // A tool that eats the memory takes itself down, not the gateway.
    ["OOMPolicy", "continue"],
    ...forEveryone,
    ...(plan.user ? forSystem : []),
  ],
  Install: [
    ["WantedBy", plan.user ? "multi-user.target" : "default.target"],
    ["Alias", `${plan.alias}.service`],
  ],
})

const nameOf = ({ profile }: Plan) => (profile ? `profile: ${profile}, ` : "")

/** The unit file that `install` writes. */
export const renderUnit = (plan: Plan) => {
  const body = Object.entries(sectionsOf(plan))
    .map(([name, settings]) =>
      [`[${name}]`, ...settings.map(([key, value]) => `${key}=${value}`), ""].join("\n"),
    )
    .join("\n")
  return `# Written by fased ${plan.version}, which may write it anew. Settings of your own go into
# ${plan.label}.service.d/*.conf; they stay.
# sum ${sumOf(body)}

${body}`
}

export const unitAuthor = (text: string): Author => {
  const [, sum, body] =
    /^# Written by fased .*\n(?:#.*\n)*?# sum ([0-9a-f]+)\n\n([\s\S]*)$/.exec(text) ?? []
  return authorOf(sum, body)
}

/** `%` begins a specifier in every value. */
const escaped = (value: string) => value.replaceAll("%", "%%")
/** Where a path may be a pattern. */
const literalPath = (path: string) => path.replace(/[\\*?[]/g, "\\$&")
const quoted = (value: string) => `"${escaped(value).replace(/[\\"]/g, "\\$&")}"`
/** A command line also knows `$VARIABLE`. */
const argument = (value: string) => {
  const safe = escaped(value).replaceAll("$", "$$$$")
  return /^[\w./%$:@=+,-]+$/.test(safe) ? safe : `"${safe.replace(/[\\"]/g, "\\$&")}"`
}

/** Every setting of a unit file in its order, lines joined and comments dropped. */
export const settingsOf = (text: string): { section: string; name: string; value: string }[] => {
  const found = []
  let section = ""
  for (const line of text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.trim())) {
    if (!line || line.startsWith("#") || line.startsWith(";")) continue
    const heading = /^\[(.+)\]$/.exec(line)
    if (heading) section = heading[1]!
    const at = line.indexOf("=")
    if (heading || at < 0) continue
    found.push({ section, name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() })
  }
  return found
}

/** Splits as systemd does: by spaces, with quotes and backslashes. */
export const words = (text: string) => {
  const found: string[] = []
  for (const [, double, single, bare] of text.matchAll(
    /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^\s\\]|\\.)+)/g,
  ))
    found.push((double ?? single ?? bare)!.replace(/\\(.)/g, "$1").replaceAll("%%", "%"))
  return found
}

/** What our own file sets; what is left over is somebody's own. */
const ownSettings = new Set(
  Object.entries(sectionsOf({ ...blankPlan, user: "anyone" })).flatMap(([section, settings]) =>
    settings.map(([name]) => `${section}.${name}`),
  ),
)

export const readUnit = (text: string): Facts => {
  const settings = settingsOf(text)
  const all = (name: string) =>
    settings.filter((one) => one.name === name).map(({ value }) => value)
  const names = (name: string) => new Set(all(name).flatMap((value) => value.split(/\s+/)))
  const waits = ["After", "Wants"].every((name) => names(name).has("network-online.target"))
  return {
    command: words(all("ExecStart").at(-1) ?? "").map((word) => word.replaceAll("$$", "$")),
    environment: Object.fromEntries(
      all("Environment")
        .flatMap(words)
        .map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
    ),
    user: all("User").at(-1),
    restarts: all("Restart").at(-1) === "always" && all("RestartSec").length > 0,
    starts: all("WantedBy").length > 0,
    waitsForNetwork: waits,
    extras: settings
      .map(({ section, name }) => `${section}.${name}`)
      .filter((name) => !ownSettings.has(name)),
  }
}
