import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layWhatsapp } from "./fake-whatsapp.ts"
import { channelIn } from "./plugin-channel.ts"

/** The plugin, to be spoken to before a server of the test's. */
export const whatsappChannel = async () => {
  const folder = await layWhatsapp(mkdtempSync(join(tmpdir(), "fased-whatsapp-plugin-")))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  return { channel: await channelIn(folder), folder, remove }
}
