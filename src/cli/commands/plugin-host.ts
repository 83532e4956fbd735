import { command } from "../command.ts"

export const pluginHost = command({
  about:
    "The process of one account of a plugin. The gateway starts it and speaks with it over its pipes.",
  args: { folder: { type: "positional", required: true, description: "Folder of the plugin" } },
  async run({ folder }) {
    const { runHost } = await import("../../plugins/host.ts")
    await runHost(folder)
  },
})
