import { rm } from "node:fs/promises"
import { resolve } from "node:path"
import { formatPath } from "../../config/path.ts"
import { systemClock } from "../../kernel/clock.ts"
import { command, fased, type Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { confirmed } from "../confirmed.ts"
import { describePermissions, pluginsHere } from "../plugins.ts"
import { printable } from "../printable.ts"
import { notThere } from "./plugins-list.ts"

const id = { type: "positional", required: true, description: "The plugin" } as const
const json = { type: "boolean", description: "One JSON document on stdout" } as const
const yes = { type: "boolean", description: "Do not ask" } as const

const entry = (id: string) => ["plugins", "entries", id]

const setEnabled = (id: string, enabled: boolean, json: boolean | undefined, context: Context) =>
  changeConfig(
    (settings) => settings.change([{ path: [...entry(id), "enabled"], value: enabled }]),
    { json, unchanged: () => `${id} is ${enabled ? "on" : "off"} already.` },
    context,
  )

export const pluginsInstall = command({
  about:
    "A name that this program carries, or a folder with a fased.plugin.json. It runs as you, in a process of " +
    "its own; its packages are pinned by a lock file, and none of their scripts is run.",
  args: {
    source: { type: "positional", required: true, description: "A name, or a folder" },
    yes,
    json,
  },
  examples: [
    ["fased plugins install whatsapp", "one that comes with this program"],
    ["fased plugins install ./my-network", "one of your own"],
  ],
  async run({ source, yes, json }, context) {
    const { out, paths, env } = context
    const [{ bundledFiles }, { stage }] = await Promise.all([
      import("../../plugins/bundled.ts"),
      import("../../plugins/install.ts"),
    ])
    const files = await bundledFiles(source)
    const staged = await stage(files ? { files } : { folder: resolve(source) }, {
      state: paths.state,
      env,
      execPath: context.execPath ?? process.execPath,
      clock: systemClock,
    })
    const { manifest, packages } = staged
    try {
      const say = json ? out.note : out.print
      say(
        `${printable(manifest.name, 60)} ${manifest.version}: ${printable(manifest.description, 300)}`,
      )
      for (const line of describePermissions(manifest)) say(`  ${line}`)
      if (packages.length)
        say(`  Packages: ${packages.map((one) => printable(one, 100)).join(", ")}`)
      say("  It runs as you, in a process of its own: what it says of itself binds nobody.")
      await confirmed(`Install ${manifest.id}?`, {
        yes,
        context,
        words: `plugins install ${source} --yes`,
      })
      await staged.commit()
    } finally {
      await staged.drop()
    }
    await setEnabled(manifest.id, true, json, context)
    if (!json)
      out.print(`Set it up: ${out.paint.accent(fased(context, `channels add ${manifest.id}`))}`)
  },
})

export const pluginsRemove = command({
  about: "Its settings under channels stay, and count again once it is installed again.",
  args: { id, yes, json },
  examples: [["fased plugins remove example", "its files go, and its accounts are disconnected"]],
  async run({ id, yes, json }, context) {
    const one = (await pluginsHere(context)).find(({ found }) => found.id === id)
    if (!one) throw notThere(id, context)
    await confirmed(`Remove the plugin ${id}?`, {
      yes,
      context,
      words: `plugins remove ${id} --yes`,
    })
    await rm(one.found.folder, { recursive: true, force: true })
    await changeConfig(
      (settings) => settings.unset(formatPath(entry(id))),
      { json, unchanged: () => `${id} is gone.` },
      context,
    )
  },
})

export const pluginsEnable = command({
  args: { id, json },
  examples: [["fased plugins enable whatsapp", "use it again"]],
  run: ({ id, json }, context) => setEnabled(id, true, json, context),
})

export const pluginsDisable = command({
  args: { id, json },
  examples: [["fased plugins disable whatsapp", "its accounts are disconnected at once"]],
  run: ({ id, json }, context) => setEnabled(id, false, json, context),
})
