import type { ConfigState, Issue } from "../config/settings.ts"
import type { Context } from "./command.ts"
import { openSettings } from "./settings.ts"

/** What diagnostics say of the config file. */
export interface ConfigReport {
  path: string
  exists: boolean
  valid: boolean
  issues: Issue[]
}

const toReport = ({ path, exists, issues }: ConfigState): ConfigReport => ({
  path,
  exists,
  valid: issues.length === 0,
  issues,
})

export const reportConfig = async (context: Pick<Context, "paths" | "env">) =>
  toReport((await openSettings(context)).current())

/** `/home/ada/.fased/fased.json`, and what is the matter with it. */
export const describeConfig = ({ path, exists, issues }: ConfigReport) => {
  if (!exists) return `${path} (not there yet; defaults apply)`
  if (!issues.length) return path
  const count = issues.length === 1 ? "1 problem" : `${issues.length} problems`
  return `${path} (${count}; see: fased config validate)`
}
