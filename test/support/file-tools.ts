import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { Paths } from "../../src/config/paths.ts"
import type { AnyTool } from "../../src/kernel/tool.ts"
import { tools as section } from "../../src/tools/config.ts"
import type { Confined } from "../../src/tools/standing.ts"

/** A workspace in a temporary folder, and file tools used in it as an agent's turn would. */
export const fileWorkspace = (config: object = {}) => {
  const root = mkdtempSync(join(tmpdir(), "fased-tools-"))
  const workspace = join(root, "workspace")
  mkdirSync(workspace)
  let confinement: ReturnType<Confined>
  const at = (name: string) => join(workspace, name)
  const context = () => ({
    agentId: "main",
    sessionKey: "agent:main:main",
    owner: true,
    surface: "chat" as const,
    workspace,
    signal: new AbortController().signal,
    confined: () => confinement,
    shared: () => [],
    tools: section.schema.parse(config),
    paths: { state: "/no/state", config: "/no/fased.json", home: "/no/home" } as Paths,
  })
  return {
    root,
    workspace,
    at,
    context,
    confine: (to: ReturnType<Confined>) => (confinement = to),
    put(name: string, content: string | Uint8Array) {
      mkdirSync(dirname(at(name)), { recursive: true })
      writeFileSync(at(name), content)
    },
    has: (name: string) => existsSync(at(name)),
    content: (name: string) => readFileSync(at(name), "utf8"),
    use: (tool: AnyTool, params: object) => tool.run(tool.params.parse(params), context() as never),
    /** The code of the fault, or what it gave. */
    async code(tool: AnyTool, params: object) {
      try {
        return await tool.run(tool.params.parse(params), context() as never)
      } catch (error) {
        return (error as { code?: string }).code ?? error
      }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
