import type { ArgDef } from "citty"
import { derivedLeaves } from "./derive.ts"
import { globalFlags } from "./globals.ts"
import { usageLine } from "./help.ts"
import { type Node, root } from "./tree.ts"

/** The manual page of the whole program, in man's own macros, made from the command tree. */
export const manualPage = async (version: string) => {
  const commands = await sections([], root)
  return [
    `.TH FASED 1 "" "fased ${version}" "fased manual"`,
    ".SH NAME",
    `fased \\- ${escape(root.summary.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    ".B fased",
    "[flags] <command> [flags]",
    ".SH DESCRIPTION",
    "A gateway that stands between people and their assistants. Start it with",
    '.BR "fased start" ;',
    "see how it is with",
    '.BR "fased status" ;',
    "have it looked over with",
    '.BR "fased doctor" .',
    ".SH COMMANDS",
    ...commands,
    ".SH FLAGS EVERYWHERE",
    ...globalFlags.flatMap(([flag, text]) => tagged(flag, text)),
    ".SH FILES",
    ...tagged("~/.fased", "The state folder; with --profile <name> it is ~/.fased-<name>."),
    ...tagged("~/.fased/fased.json", "The settings."),
    ...tagged("~/.fased/.env", "Variables the settings may refer to."),
    ...tagged("~/.fased/logs", "The log."),
    ".SH ENVIRONMENT",
    ...tagged("FASED_STATE_DIR", "Another state folder."),
    ...tagged("FASED_CONFIG_PATH", "Another settings file."),
    ...tagged("FASED_PROFILE", "As --profile."),
    ...tagged("FASED_GATEWAY_TOKEN, FASED_GATEWAY_PASSWORD", "The secret to sign in with."),
    ...tagged("FASED_UPDATE_URL", "Where updates come from."),
    ...tagged("NO_COLOR", "No colours."),
    ".SH EXIT STATUS",
    ...tagged("0", "All went well."),
    ...tagged("1", "It did not; the reason and the next step are on standard error."),
    ...tagged("2", "The command line was not understood; nothing was done."),
    "",
  ].join("\n")
}

const sections = async (path: readonly string[], node: Node): Promise<string[]> => {
  const command = await node.load?.()
  const derived = node.derives ? derivedLeaves(path.join("."), node.children) : {}
  const children = Object.entries(node.children ?? {}).filter(([, child]) => !child.hidden)
  const own = path.length
    ? [
        `.SS ${escape(usageLine(path, node, command))}`,
        escape(node.summary) + ".",
        ...(command?.about ? [".PP", escape(command.about)] : []),
        ...Object.entries<ArgDef>(command?.args ?? {}).flatMap(([name, def]) =>
          tagged(flagOf(name, def), def.description ?? ""),
        ),
        ...Object.entries(derived)
          .filter(([name]) => !node.children?.[name])
          .flatMap(([name, { summary }]) => tagged(["fased", ...path, name].join(" "), summary)),
      ]
    : []
  const below = await Promise.all(children.map(([name, child]) => sections([...path, name], child)))
  return [...own, ...below.flat()]
}

const flagOf = (name: string, def: ArgDef) => {
  if (def.type === "positional") return `<${name}>`
  if (def.type === "boolean") return `--${def.default === true ? "no-" : ""}${name}`
  return `--${name} <${"valueHint" in def && def.valueHint ? def.valueHint : name}>`
}

const tagged = (tag: string, text: string) => [".TP", `.B ${escape(tag)}`, escape(text)]

/** Text as it is: no escapes, no requests, and hyphens that can be copied. */
const escape = (text: string) =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .split("\n")
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join("\n")
