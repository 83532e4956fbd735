import { agents, findAgent, workspaceOf } from "../../agents/config.ts"
import { alteration } from "../../agent/agents/edits.ts"
import { identityIn } from "../../agent/agents/identity.ts"
import { readWithin } from "../../tools/boundary.ts"
import { command } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import { openSettings } from "../settings.ts"

export const agentsSetIdentity = command({
  about: "What is not given stays as it is.",
  args: {
    agent: { type: "string", valueHint: "id", description: "The agent; unset, the default one" },
    name: { type: "string", valueHint: "text", description: "What it calls itself" },
    theme: { type: "string", valueHint: "text", description: "Its manner in a few words" },
    emoji: { type: "string", valueHint: "emoji", description: "Shown beside its name" },
    avatar: {
      type: "string",
      valueHint: "picture",
      description: "Path in its workspace, an http(s) address or a data:image URL",
    },
    "from-identity": { type: "boolean", description: "Take it from IDENTITY.md in its workspace" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased agents set-identity --agent research --name Ada --emoji 🔭", "as you say"],
    ["fased agents set-identity --agent research --from-identity", "as its own file says"],
  ],
  async run({ agent, name, theme, emoji, avatar, json, ...args }, context) {
    const config = (await openSettings(context)).section(agents)
    const { id, ...found } = findAgent(config, agent)
    const workspace = workspaceOf({ id, ...found }, config, context.paths)
    const read = () =>
      identityIn(
        readWithin({ workspace, workspaceOnly: true, own: [] }, "IDENTITY.md").toString("utf8"),
      )
    const given = Object.entries({ name, theme, emoji, avatar }).filter(([, value]) => value)
    const identity = { ...(args["from-identity"] && read()), ...Object.fromEntries(given) }
    if (!Object.keys(identity).length)
      throw usage({
        problem: args["from-identity"]
          ? `IDENTITY.md of ${id} says nothing of a name, theme, emoji or avatar.`
          : "Nothing was given to set.",
        hint: "Give --name, --theme, --emoji or --avatar.",
      })
    await changeConfig(
      (settings) => settings.change(({ composed }) => alteration(composed, id, { identity })),
      { json, unchanged: () => "It is so already; nothing was changed." },
      context,
    )
  },
})
