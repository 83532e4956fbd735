import { readFileSync } from "node:fs"
import { command } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"

export const configPatch = command({
  about:
    "A JSON merge patch (RFC 7396), as JSON5: groups are merged, null removes, lists are replaced. All of it is written, or nothing.",
  args: {
    patch: { type: "positional", required: false, description: "The patch; - or nothing: stdin" },
    file: { type: "string", description: "Read the patch from this file", valueHint: "path" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased config patch '{ gateway: { port: 19000, bind: null } }'", "two settings at once"],
    ["fased config patch --file changes.json5", "from a file"],
  ],
  async run({ patch, file, json }, context) {
    const [{ parsePatch }, { mergeEdits }] = await Promise.all([
      import("../../config/change-methods.ts"),
      import("../../config/merge-patch.ts"),
    ])
    const changes = parsePatch(await readPatch(patch, file, context.interactive))
    await changeConfig(
      (settings) => settings.change((now) => mergeEdits(changes, now)),
      { json, unchanged: () => "All of it is so already; nothing was changed." },
      context,
    )
  },
})

const readPatch = async (
  patch: string | undefined,
  file: string | undefined,
  interactive: boolean,
) => {
  if (file !== undefined) {
    if (patch !== undefined)
      throw usage({ problem: "The patch is given twice: as an argument and as --file." })
    try {
      return readFileSync(file, "utf8")
    } catch (error) {
      throw usage({ problem: `--file cannot be read: ${(error as Error).message}` })
    }
  }
  if (patch !== undefined && patch !== "-") return patch
  if (patch === undefined && interactive)
    throw usage({ problem: "<patch> is missing: give it as an argument, with --file or on stdin" })
  return Bun.stdin.text()
}
