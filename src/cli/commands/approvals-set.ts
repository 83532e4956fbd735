import { readFile } from "node:fs/promises"
import { limitsText, readPolicy, type Snapshot } from "../approvals.ts"
import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const approvalsSet = command({
  about: "Replaces the whole policy. A file of an older gateway is understood.",
  args: {
    file: {
      type: "string",
      valueHint: "path",
      required: true,
      description: "JSON to read; - for stdin",
    },
    ...gatewayFlags,
  },
  examples: [["fased approvals set --file exec-approvals.json", "put an edited copy in place"]],
  async run({ file: path, ...args }, context) {
    const { out } = context
    const file = parse(await read(path), path)
    await withGateway(args, context, async (client, target) => {
      const { hash } = await readPolicy(client)
      const params = { file, baseHash: hash }
      const result = (await client.request("exec.approvals.set", params)) as Snapshot
      noteTarget(target, context)
      if (args.json) return out.json(result)
      const count = Object.values(result.file.agents ?? {}).flatMap((a) => a.allowlist ?? []).length
      out.print(
        `${out.paint.good("kept")} the policy: ${limitsText(result.file.defaults ?? {})}; ${count} allowed ${count === 1 ? "pattern" : "patterns"}.`,
      )
      out.print(
        `  ${out.paint.muted("See it with:")} ${fased(context, "approvals allowlist list")}`,
      )
    })
  },
})

const read = async (path: string) => {
  try {
    return path === "-" ? await Bun.stdin.text() : await readFile(path, "utf8")
  } catch (error) {
    throw usage({
      problem: `${printable(path, 200)} cannot be read: ${(error as Error).message}`,
      hint: "Name a file that fased approvals get wrote.",
    })
  }
}

const parse = (text: string, path: string): unknown => {
  try {
    return Bun.JSON5.parse(text)
  } catch {
    throw usage({ problem: `${printable(path, 200)} is not JSON.` })
  }
}
