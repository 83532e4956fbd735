import { existsSync } from "node:fs"

/** `2026-11-22T20-41-07`: sorts by time and is a file name everywhere. */
export const stamp = (now: number) => new Date(now).toISOString().slice(0, 19).replaceAll(":", "-")

/** A name nothing has yet: this one, or the same with a number. */
export const unusedName = (path: string) => {
  let name = path
  for (let count = 2; existsSync(name); count++) name = `${path}-${count}`
  return name
}
