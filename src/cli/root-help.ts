import { globalFlags } from "./globals.ts"
import type { Paint } from "./paint.ts"
import { columns } from "./table.ts"
import { everydayCommands, otherCommands, root } from "./tree.ts"

/** The first page a newcomer sees: one screen of 24 lines, by what one wants to do. */
export const renderRootHelp = ({ version, paint }: { version: string; paint: Paint }) => {
  const { heading, accent, muted } = paint
  const names = everydayCommands.flatMap(([, names]) => names)
  const widest = Math.max(
    ...[...names, ...otherCommands.map(([title]) => title)].map((s) => s.length),
  )
  const rows = (lines: readonly (readonly [string, string])[]) =>
    columns(
      lines.map(([left, right]) => [[left.padEnd(widest), accent] as const, right]),
      { indent: "  " },
    )
  return [
    `${heading(`fased ${version}`)}  ${root.summary}`,
    "",
    `${heading("Usage")}  fased <command> [flags]`,
    "",
    ...everydayCommands.flatMap(([title, names]) => [
      heading(title),
      ...rows(names.map((name) => [name, root.children![name]!.summary])),
    ]),
    heading("For the rest"),
    ...columns(
      otherCommands.map(([title, names]) => [
        [title.padEnd(widest), muted] as const,
        names.join(", "),
      ]),
      { indent: "  " },
    ),
    "",
    `${heading("Flags")}  ${globalFlags.map(([flag]) => flag).join("  ")}`,
    muted("More: fased <command> --help, and the whole manual: fased man"),
  ].join("\n")
}
