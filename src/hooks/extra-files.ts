import { basename } from "node:path"
import type { BootstrapFile, Bootstrapping, HookEvent } from "../kernel/hook-event.ts"
import { Fault } from "../kernel/fault.ts"
import { readWithin } from "../tools/boundary.ts"
import { InternalHooks } from "../webhooks/internal.ts"
import type { HookRun } from "./hook.ts"

const mostFiles = 50

/**
 * Adds files of the workspace that the settings name. Only such as have the name of one that this
 * session sees anyway, so that a room is not shown what only its agent's owner is.
 */
export const addFiles = async ({ context }: HookEvent, { services, signal }: HookRun) => {
  const { paths = [] } = services.get(InternalHooks).entries["bootstrap-extra-files"] ?? {}
  const { workspace, names, bootstrapFiles } = context as unknown as Bootstrapping & {
    bootstrapFiles: BootstrapFile[]
  }
  const known = new Set(bootstrapFiles.map(({ name }) => name))
  for (const path of await matching(paths, { workspace, names, signal })) {
    if (known.has(path)) continue
    known.add(path)
    const text = textOf(workspace, path)
    if (text !== undefined) bootstrapFiles.push({ name: path, text })
  }
}

const matching = async (
  paths: readonly string[],
  {
    workspace,
    names,
    signal,
  }: Pick<Bootstrapping, "workspace" | "names"> & { signal: AbortSignal },
) => {
  const found: string[] = []
  for (const pattern of paths)
    for await (const path of new Bun.Glob(pattern).scan({ cwd: workspace })) {
      if (signal.aborted || found.length >= mostFiles) return found.toSorted()
      if (names.includes(basename(path))) found.push(path)
    }
  return found.toSorted()
}

/** Undefined for what is not in the workspace after all, whatever leads there. */
const textOf = (workspace: string, path: string) => {
  try {
    const bytes = readWithin({ workspace, workspaceOnly: true, own: [] }, path)
    return new TextDecoder().decode(bytes).trim()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
