/** Changes a config again and again, as a process of its own: `<folder> <name> <count>`. */
import { join } from "node:path"
import { createSettings } from "../../src/config/create.ts"
import { sections } from "../config/sample.ts"
import { fetchSecrets } from "./no-secrets.ts"

const [folder = "", name = "", count = ""] = process.argv.slice(2)
const settings = await createSettings({
  paths: { config: join(folder, "fased.json"), state: folder },
  env: {},
  sections,
  fetchSecrets,
})
for (let at = 0; at < Number(count); at++) {
  await settings.set(`agents.extra.${name}${at}`, "x".repeat(Math.floor(Math.random() * 4000)))
  process.stdout.write(".")
}
