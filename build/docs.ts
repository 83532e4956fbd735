/** `npm run docs`: writes docs/reference from the declarations in src/. */
import { mkdir, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { fileSchema } from "../src/config/schema.ts"
import * as registry from "../src/registry.ts"
import { declared } from "../src/registry/sections.ts"
import { probes } from "../src/security/probe.ts"
import { root } from "./compile.ts"
import { checksPage } from "./reference/checks.ts"
import { cliPage } from "./reference/cli.ts"
import { configPage } from "./reference/config.ts"
import { errorsPage } from "./reference/errors.ts"
import { eventsPage } from "./reference/events.ts"
import { methodModules } from "./reference/method-modules.ts"
import { methodsPage } from "./reference/methods.ts"
import { sectionDefaults } from "./reference/section-defaults.ts"
import { risksPage } from "./reference/risks.ts"
import { toolsPage } from "./reference/tools.ts"

/** The text of every file in docs/reference, by name. The same sources give the same text. */
export const reference = async (): Promise<Record<string, string>> => ({
  "methods.md": methodsPage(registry.methods),
  "events.md": eventsPage(registry.events),
  "config.md": configPage(registry.sections),
  "config.schema.json": `${JSON.stringify(fileSchema(registry.sections), null, 2)}\n`,
  "tools.md": toolsPage(registry.tools),
  "checks.md": checksPage(registry.checks),
  "risks.md": risksPage(registry.risks, probes),
  "errors.md": await errorsPage(),
  "cli.md": await cliPage(),
})

/** What in src is made from the declarations as well. */
export const madeSources = [
  {
    path: join(root, "src/registry/method-modules.ts"),
    text: () => methodModules(registry.methods),
  },
  {
    path: join(root, "src/registry/section-defaults.json"),
    text: () => sectionDefaults(declared),
  },
]

export const folder = join(root, "docs", "reference")

if (import.meta.main) {
  const files = await reference()
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (!(name in files)) await rm(join(folder, name), { recursive: true })
  }
  await Promise.all(
    Object.entries(files).map(([name, text]) => Bun.write(join(folder, name), text)),
  )
  for (const { path, text } of madeSources) await Bun.write(path, await text())
  console.log(`docs/reference: ${Object.keys(files).length} files`)
}
