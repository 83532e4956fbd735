/** Text inside a table cell: one line, no column breaks, nothing a reader of HTML would swallow. */
export const cell = (text: string) =>
  text
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|")
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 ? part : part.replaceAll("<", "&lt;")))
    .join("")

export const code = (text: string) => `\`${text.replaceAll("`", "'")}\``

export const fence = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n")

/** A page of blocks with one blank line between them; empty blocks leave no trace. */
export const page = (title: string, intro: string, blocks: readonly string[]) =>
  `${[
    `# ${title}`,
    "<!-- Made by `npm run docs` from the declarations in src/. Change those, not this page. -->",
    intro,
    ...blocks,
  ]
    .filter(Boolean)
    .join("\n\n")}\n`

export const byKey =
  <T>(key: (item: T) => string) =>
  (a: T, b: T) =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0
