import { agents, workspaceOf } from "../../agents/config.ts"
import { creation, idFrom } from "../../agent/agents/edits.ts"
import { folderFrom, requireOwn } from "../../agent/agents/folder.ts"
import { ensureWorkspace } from "../../agent/workspace.ts"
import { command, fased } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { modelsHere, noteMissing } from "../models-here.ts"
import { printable } from "../printable.ts"
import { openSettings } from "../settings.ts"

export const agentsAdd = command({
  about: "It shares nothing with the others: its folder, sessions and memory are its own.",
  args: {
    name: { type: "positional", required: true, description: "What to call it, e.g. research" },
    workspace: { type: "string", valueHint: "folder", description: "Its folder; unset, a new one" },
    model: { type: "string", valueHint: "model", description: "Its model; unset, the default one" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased agents add research", "with a folder of its own"],
    ["fased agents add coder --workspace ~/code --model openai/gpt-5.5", "as you say"],
  ],
  async run({ name, workspace, model, json }, context) {
    const { out, paths, env } = context
    const settings = await openSettings(context)
    const config = settings.section(agents)
    const id = idFrom(name)
    const models = model ? await modelsHere(context) : undefined
    const ref = model && models?.match(model)
    const given = workspace && folderFrom(workspace, paths)
    const folder = given ?? workspaceOf({ id }, config, paths)
    const entry = {
      workspace: given || undefined,
      model: ref || undefined,
      ...(name !== id && { name }),
    }
    creation(settings.current().composed, id, entry) // a taken name is told before a taken folder
    requireOwn(folder, id, config, paths)
    await changeConfig(
      (settings) => settings.change(({ composed }) => creation(composed, id, entry)),
      { json, unchanged: () => "Nothing was changed." },
      context,
    )
    await ensureWorkspace(folder, { skipBootstrap: config.defaults.skipBootstrap, env })
    if (models && ref) noteMissing(models, ref, context)
    if (json) return
    out.print(`It works in ${printable(folder, 200)}`)
    out.print(`Talk to it: ${fased(context, `agent --agent ${id} --message "hello"`)}`)
  },
})
