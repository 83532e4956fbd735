import { readWithin } from "../tools/boundary.ts"

const name = "HEARTBEAT.md"

/** True when there is a list of what to look at, and nothing on it. */
export const isEmptyList = (workspace: string): boolean => {
  try {
    const bytes = readWithin({ workspace, workspaceOnly: true, own: [] }, name)
    return isBlank(new TextDecoder().decode(bytes))
  } catch {
    // Without a list there is all to look at; one that cannot be read is for the agent to find out about.
    return false
  }
}

/** Headings, comments and empty boxes are nothing to do. */
export const isBlank = (text: string): boolean =>
  text
    .replace(/<!--[\s\S]*?-->/g, "")
    .split("\n")
    .every((line) => /^\s*(?:#+(?:\s.*)?|[-*+]\s*(?:\[[ x]?\])?\s*)?$/i.test(line))
