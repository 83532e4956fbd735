import { resolve } from "node:path"
import { agents, findAgent, workspaceOf } from "../../agents/config.ts"
import { ensureWorkspace } from "../../agent/workspace.ts"
import { expandTilde } from "../../config/paths.ts"
import type { Settings } from "../../config/settings.ts"
import type { Context } from "../command.ts"
import type { Wizard } from "./wizard.ts"

const folderOf = (settings: Settings, { paths }: Context) => {
  const config = settings.section(agents)
  return workspaceOf(findAgent(config), config, paths)
}

/** Where the agent keeps its files; undefined leaves it where it is. */
export const chooseWorkspace = async ({
  args,
  ask,
  advanced,
  settings,
  context,
}: Wizard): Promise<string | undefined> => {
  const now = folderOf(settings, context)
  const typed =
    args.workspace ??
    (ask &&
      advanced &&
      (await ask.text({
        message: "Folder of the agent's files",
        initial: now,
        check: (text) => (text ? undefined : "A folder is needed here."),
      })))
  if (!typed) return undefined
  // What is typed in a shell is meant from where one stands; the config's paths begin at its file.
  const folder = typed.startsWith("~") ? typed : resolve(typed)
  return resolve(expandTilde(folder, context.paths.home)) === now ? undefined : folder
}

/** Makes the agent's folder as the config now names it. */
export const makeWorkspace = async (settings: Settings, context: Context) => {
  const folder = folderOf(settings, context)
  const { skipBootstrap } = settings.section(agents).defaults
  await ensureWorkspace(folder, { skipBootstrap, env: context.env })
  return folder
}
