import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pluginChannel } from "../../src/plugins/channel.ts"
import { readManifest } from "../../src/plugins/load.ts"
import { layWhatsapp } from "./fake-whatsapp.ts"

const main = join(import.meta.dir, "../../src/main.ts")

/** The plugin as the gateway has it, each account in a process of its own, before a server of the test's. */
export const whatsappChannel = async () => {
  const folder = await layWhatsapp(mkdtempSync(join(tmpdir(), "fased-whatsapp-plugin-")))
  const channel = pluginChannel(readManifest(folder), folder, () => ({
    words: [process.execPath, main, "plugin-host"],
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" },
  }))
  return { channel, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
