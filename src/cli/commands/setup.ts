import { command } from "../command.ts"
import { untilCancelled, apply, openWizard } from "../wizard/open.ts"
import { chooseWorkspace, makeWorkspace } from "../wizard/workspace.ts"
import { written } from "../wizard/wizard.ts"
import { runOnboarding } from "./onboard.ts"

export const setup = command({
  about:
    "Makes the config and the agent's folder where they are missing, and asks nothing. " +
    "With --wizard, or a flag of it, this is fased onboard.",
  args: {
    workspace: { type: "string", valueHint: "folder", description: "Folder of the agent's files" },
    wizard: { type: "boolean", description: "Ask, as fased onboard does" },
    "non-interactive": { type: "boolean", description: "With --wizard: ask nothing" },
    "accept-risk": {
      type: "boolean",
      description: "With --wizard: you know that an assistant acts with your rights",
    },
    mode: {
      type: "enum",
      valueHint: "where",
      options: ["local", "remote"],
      description: "With --wizard: gateway here, or a client of another one",
    },
    "remote-url": { type: "string", valueHint: "url", description: "That gateway's address" },
    "remote-token": { type: "string", valueHint: "token", description: "Its token" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased setup", "config and folder, nothing else"],
    ["fased setup --workspace ~/assistant", "with a folder of your own"],
  ],
  async run({ wizard: asked, _, ...args }, context) {
    const { out, paths } = context
    if (asked || args.mode || args["remote-url"] || args["non-interactive"])
      return runOnboarding(args, context)
    const wizard = await openWizard({ ...args, "non-interactive": true }, context, "setup")
    const isRemote = written(wizard, "gateway", "mode") === "remote"
    return untilCancelled(wizard, async () => {
      const workspace = await chooseWorkspace(wizard)
      const answers = { workspace, ...(!isRemote && { mode: "local" as const }) }
      const applied = await apply(answers, wizard, "setup")
      const folder = await makeWorkspace(wizard.settings, context)
      if (args.json) {
        out.json({ ok: true, config: { path: paths.config, ...applied }, workspace: folder })
        return 0
      }
      out.print(
        applied.created
          ? `Made ${paths.config}`
          : applied.changed.length
            ? `Changed ${applied.changed.join(", ")} in ${paths.config}`
            : `${paths.config} is there already; nothing was changed.`,
      )
      out.print(`Your agent's folder: ${folder}`)
      out.print(
        `Next: ${out.paint.accent("fased onboard")} for a model, ${out.paint.accent("fased start")} to run`,
      )
      return 0
    })
  },
})
