import { formatPath, valueAt } from "../../config/path.ts"
import { command, fased, type Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import { openSettings } from "../settings.ts"

const placeOf = (name: string) => ["mcp", "servers", name]

/** Whether the config has a server of that name. */
const isThere = async (name: string, context: Context) => {
  const { composed } = (await openSettings(context)).current()
  return valueAt(composed ?? {}, placeOf(name)) !== undefined
}

export const mcpAdd = command({
  about:
    "Agents may then use its tools. The program runs as you, outside of any sandbox: add only what you trust.",
  args: {
    name: { type: "positional", required: true, description: "A name of your own, e.g. notes" },
    target: {
      type: "positional",
      required: true,
      description: "The server's address, or after -- the program and its arguments",
    },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  words: true,
  examples: [
    ["fased mcp add notes -- npx -y @example/notes-mcp --read-only", "a program"],
    ["fased mcp add docs https://mcp.example.com/mcp", "an address"],
    ["fased secrets set mcp.servers.docs.token", "its token"],
    ["fased secrets set mcp.servers.notes.env.NOTES_KEY", "a variable of the program"],
  ],
  async run({ name, target, json, _: [, , ...args] }, context) {
    if (await isThere(name, context))
      throw usage({
        problem: `There is an MCP server ${name} already.`,
        hint: `Remove it first: ${fased(context, `mcp remove ${name}`)}`,
      })
    const isAddress = /^https?:\/\//i.test(target)
    if (isAddress && args.length)
      throw usage({ problem: "A server at an address takes no arguments." })
    const server = isAddress ? { url: target } : { command: target, ...(args.length && { args }) }
    await changeConfig(
      (settings) => settings.change([{ path: placeOf(name), value: server }]),
      { json, unchanged: () => "Nothing was changed." },
      context,
    )
    if (!json) context.out.print(`See whether it answers: ${fased(context, `mcp test ${name}`)}`)
  },
})

export const mcpRemove = command({
  args: {
    name: { type: "positional", required: true, description: "The server's name" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [["fased mcp remove notes", "its program is ended, its tools are gone"]],
  async run({ name, json }, context) {
    if (!(await isThere(name, context)))
      throw usage({
        problem: `No MCP server is named ${name}.`,
        hint: `See which there are: ${fased(context, "mcp list")}`,
      })
    await changeConfig(
      (settings) => settings.unset(formatPath(placeOf(name))),
      { json, unchanged: () => "Nothing was changed." },
      context,
    )
  },
})
