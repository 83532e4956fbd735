import { join } from "node:path"
import { pluginChannel } from "../../src/plugins/channel.ts"
import { loadSchemaReader } from "../../src/plugins/facts.ts"
import { readManifest } from "../../src/plugins/load.ts"

const main = join(import.meta.dir, "../../src/main.ts")
const host = () => ({
  words: [process.execPath, main, "plugin-host"],
  env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" },
})

/** The plugin in a folder as the gateway has it, each account in a process of its own. */
export const channelIn = async (folder: string) =>
  pluginChannel(readManifest(folder), folder, host, await loadSchemaReader())
