import type { ArgDef, ArgsDef } from "citty"
import type { AnyCommand } from "./command.ts"
import { wrap } from "./advice.ts"
import { aliasesOf } from "./arguments.ts"
import { gatewayFlags } from "./gateway-flags.ts"
import type { Paint } from "./paint.ts"
import { columns } from "./table.ts"
import type { Cell } from "./table.ts"
import { renderRootHelp } from "./root-help.ts"
import type { Node } from "./tree.ts"

export interface HelpPage {
  /** The command's words after `fased`. */
  path: readonly string[]
  node: Node
  command?: AnyCommand
  /** Commands that come from gateway methods. */
  derived?: Readonly<Record<string, Node>>
  version: string
  width: number
  paint: Paint
}

const { json: _, ...connectionFlags } = gatewayFlags
const connecting = new Set<ArgDef>(Object.values(connectionFlags))

/** Lines longer than this are hard to read, and break where help is shown beside other things. */
const readable = 80

type Block = readonly [title: string, rows: readonly (readonly Cell[])[]]

const positionals = (args: ArgsDef) =>
  Object.entries(args).filter(([, def]) => def.type === "positional")

export const usageLine = (path: readonly string[], node: Node, command?: AnyCommand) => {
  const words = ["fased", ...path]
  if (command) {
    for (const [name, { required }] of positionals(command.args))
      words.push(required ? `<${name}>` : `[${name}]`)
    for (const [name, def] of Object.entries<ArgDef>(command.args))
      if (def.type !== "positional" && def.required) words.push(flagText(name, def))
    if (Object.values<ArgDef>(command.args).some((d) => d.type !== "positional" && !d.required))
      words.push("[flags]")
  } else words.push(node.children || node.derives ? "<command>" : "", path.length ? "" : "[flags]")
  return words.filter(Boolean).join(" ")
}

const flagText = (name: string, def: ArgDef) => {
  if (def.type === "boolean") return `--${def.default === true ? "no-" : ""}${name}`
  return `--${name} <${"valueHint" in def && def.valueHint ? def.valueHint : name}>`
}

const shortFlag = (def: ArgDef) => {
  const short = aliasesOf(def).find((name) => name.length === 1)
  return short ? `-${short}, ` : ""
}

/** A command's help, laid out for the terminal it is read on. */
export const renderHelp = ({ path, node, command, derived, version, width, paint }: HelpPage) => {
  if (!path.length) return renderRootHelp({ version, paint })
  const accent = (text: string): Cell => [text, paint.accent]
  const blocks: Block[] = []
  const children = { ...node.children, ...derived, ...node.children }

  if (Object.keys(children).length)
    blocks.push([
      "Commands",
      Object.entries(children)
        .filter(([, child]) => !child.hidden)
        .map(([name, child]) => [accent(name), child.summary]),
    ])

  if (command) {
    const places = positionals(command.args)
    if (places.length)
      blocks.push([
        "Arguments",
        places.map(([name, def]) => [accent(`<${name}>`), def.description ?? ""]),
      ])
    const flags = Object.entries<ArgDef>(command.args).filter(([, d]) => d.type !== "positional")
    const short = flags.some(([, def]) => shortFlag(def))
    const rows = (some: typeof flags) =>
      some.map(([name, def]): Cell[] => [
        accent((shortFlag(def) || (short ? "    " : "")) + flagText(name, def)),
        describeFlag(def),
      ])
    const own = flags.filter(([, def]) => !connecting.has(def))
    const shared = flags.filter(([, def]) => connecting.has(def))
    if (own.length) blocks.push(["Flags", rows(own)])
    if (shared.length) blocks.push(["Which gateway", rows(shared)])
    if (command.examples?.length)
      blocks.push([
        "Examples",
        command.examples.map(([line, purpose]) => [accent(line), [purpose, paint.muted]]),
      ])
  }

  const title = `fased ${path.join(" ")}`
  const fits = title.length + 2 + node.summary.length <= width
  const lines = [`${paint.heading(title)}${fits ? "  " : "\n"}${node.summary}`]
  if (command?.about) lines.push("", ...wrap(command.about, Math.min(width, readable)))
  lines.push("", `${paint.heading("Usage")}  ${usageLine(path, node, command)}`)
  if (command && Object.keys(children).length) lines.push(`       ${usageLine(path, node)}`)
  // Every block shares one left column, so that the page reads as one table.
  const widths = blocks.flatMap(([heading, rows]) =>
    heading === "Examples" ? [] : rows.map((row) => cellWidth(row[0])),
  )
  const left = Math.max(0, ...widths.filter((cells) => cells <= 34))
  for (const [heading, rows] of blocks)
    lines.push("", paint.heading(heading), ...layOut(heading, rows, left, width))
  lines.push("", paint.muted(footer(path, children)))
  return lines.join("\n")
}

const cellWidth = (cell: Cell | undefined) =>
  Bun.stringWidth(typeof cell === "string" ? cell : (cell?.[0] ?? ""))

/** Descriptions wrap under themselves; an over-long left cell gets a line of its own. */
const layOut = (
  heading: string,
  rows: readonly (readonly Cell[])[],
  left: number,
  width: number,
) => {
  if (heading === "Examples") return layOutExamples(rows, width)
  const room = Math.max(30, Math.min(width, readable) - left - 4)
  return rows.flatMap(([name, about]) => {
    const [text, paint] = typeof name === "string" ? [name, (t: string) => t] : name!
    const about1 = wrap(typeof about === "string" ? about : (about?.[0] ?? ""), room)
    const gap = " ".repeat(Math.max(0, left - Bun.stringWidth(text)))
    const tooLong = Bun.stringWidth(text) > left
    const first = tooLong ? [] : about1.splice(0, 1)
    return [
      `  ${paint(text)}${gap}  ${first[0] ?? ""}`.trimEnd(),
      ...about1.map((line) => " ".repeat(left + 4) + line),
    ]
  })
}

/** Beside its purpose where there is room; a command is never cut, so that it can be copied. */
const layOutExamples = (rows: readonly (readonly Cell[])[], width: number) => {
  const widest = (at: number) => Math.max(...rows.map((row) => cellWidth(row[at])))
  if (2 + widest(0) + 3 + widest(1) <= width) return columns(rows, { indent: "  ", gap: 3 })
  return rows.flatMap((row) =>
    row.flatMap((cell, at) => columns([[cell]], { indent: at ? "      " : "  " })),
  )
}

const describeFlag = (def: ArgDef) => {
  const choices = def.type === "enum" ? `: ${def.options?.join(", ")}` : ""
  const text = (def.description ?? "") + choices
  return def.default !== undefined && typeof def.default !== "boolean"
    ? `${text} (default ${def.default})`
    : text
}

const footer = (path: readonly string[], children: object) =>
  path.length && !Object.keys(children).length
    ? "Flags everywhere: --dev, --profile <name>, --no-color, --help"
    : `More: ${["fased", ...path].join(" ")} <command> --help`
