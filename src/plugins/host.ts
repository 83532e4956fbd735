/** The process of a plugin: loads it, gives it what it may import, and speaks with the gateway over its pipes. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { loadAside } from "../kernel/aside.ts"
import { levels, type Log } from "../kernel/log.ts"
import * as author from "./author.ts"
import { manifest, manifestFile } from "./manifest.ts"
import { readLines } from "./peer.ts"
import { serve } from "./serve.ts"

const longestLine = 150_000_000

/** Serves the plugin in `folder` until the gateway closes the pipe. */
export const runHost = async (folder: string): Promise<void> => {
  // What a plugin prints is no message: only we write to this pipe.
  const write = process.stdout.write.bind(process.stdout)
  provideModules(await loadAside<object>("plugins/library/zod"))
  const loading = load(folder)
  loading.catch(() => undefined) // whoever calls it reads why
  const { peer, log } = serve(loading, (line) => void write(line))
  keepPrinted(log)
  await readLines(Bun.stdin.stream(), longestLine, peer.line)
  // The gateway is gone, and with it the reason for this process.
  process.exit(0)
}

const load = async (folder: string): Promise<author.ChannelPlugin> => {
  const { entry } = manifest().parse(JSON.parse(readFileSync(join(folder, manifestFile), "utf8")))
  const loaded = (await import(pathToFileURL(join(folder, entry)).href)) as {
    plugin?: author.ChannelPlugin
  }
  if (typeof loaded.plugin?.connect === "function") return loaded.plugin
  throw new Error(`${entry} exports no channel under the name "plugin"`)
}

/** One instance of each for plugin and host: a fault of ours is one to them. */
const provideModules = (zod: object) =>
  Bun.plugin({
    name: "fased",
    setup(build) {
      build.module("fased/channel", () => ({
        loader: "object",
        exports: { ...author },
      }))
      build.module("zod", () => ({ loader: "object", exports: { ...zod, default: zod } }))
    },
  })

/** What it prints goes into the gateway's log. */
const keepPrinted = (log: Log) => {
  process.stdout.write = ((text: string | Uint8Array) => {
    log.info(String(text).trimEnd())
    return true
  }) as typeof process.stdout.write
  const words = (list: unknown[]) =>
    list.map((word) => (typeof word === "string" ? word : Bun.inspect(word))).join(" ")
  for (const level of levels) console[level] = (...list: unknown[]) => log[level](words(list))
  console.log = console.info
}
