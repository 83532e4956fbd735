import { existsSync, lstatSync, readFileSync, readdirSync, realpathSync, renameSync } from "node:fs"
import { basename, join } from "node:path"
import { foreignFolders } from "./host.ts"
import type { Host } from "./host.ts"
import { ofOlder, ofOurs, ofRelatives } from "./names.ts"

/** A service file, beside this instance's own, that looks as if it ran a gateway. */
export interface OtherService {
  path: string
  /** `profile`: a gateway of another profile, as it should be · `older`: from before the names of today · `relative`: of a program like this one */
  kind: "profile" | "older" | "relative"
}

const kindOf = (name: string): OtherService["kind"] | undefined =>
  ofOurs.test(name)
    ? "profile"
    : ofOlder.test(name)
      ? "older"
      : ofRelatives.test(name)
        ? "relative"
        : undefined

/** Looks through the folders of every service manager; `own` are this instance's files. */
export const otherServices = ({ folders }: Host, own: readonly string[]): OtherService[] =>
  [...Object.values(folders), ...foreignFolders].flatMap((folder) => inFolder(folder, own))

/** Of those, what an older version left in the user's own folders. */
export const olderServices = ({ folders }: Pick<Host, "folders">): OtherService[] =>
  [folders.userUnits, folders.agents]
    .flatMap((folder) => inFolder(folder, []))
    .filter(({ kind }) => kind === "older")

const inFolder = (folder: string, own: readonly string[]) =>
  namesIn(folder).flatMap((name) => {
    const kind = kindOf(name)
    const path = join(folder, name)
    // Our own alias has an older unit's name, but is a link.
    return kind && !own.includes(path) && isFile(path) ? [{ path, kind }] : []
  })

const namesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const isFile = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** Of those, the other profiles' that start this program and would be left without it. */
export const startersOf = (program: string, services: readonly OtherService[]): string[] =>
  services
    .filter(({ path, kind }) => kind === "profile" && pathsIn(path).some(isSame(program)))
    .map(({ path }) => path)

/** What another account keeps to itself starts no program of ours. */
const pathsIn = (file: string) => {
  try {
    return readFileSync(file, "utf8").match(/\/[^\s"<]+/g) ?? []
  } catch {
    return []
  }
}

/** One may be a link that leads to the other. */
const isSame = (program: string) => (path: string) =>
  path === program || (existsSync(path) && realpathSync(path) === realpathSync(program))

/** How to be rid of one by hand. */
export const cleanUp = ({ path }: OtherService) => {
  const name = basename(path)
  if (name.endsWith(".plist")) return `launchctl unload ${path} && rm ${path}`
  if (/^\/(?:etc|usr)\/.*\/system\//.test(path)) return `sudo systemctl disable --now ${name}`
  return `systemctl --user disable --now ${name} && rm ${path}`
}

/** Stops an older one and puts its file where no manager reads it. */
export const setAside = async ({ path }: OtherService, { run }: Pick<Host, "run">) => {
  const name = basename(path)
  const isAgent = name.endsWith(".plist")
  if (isAgent) await run("launchctl", ["unload", path])
  else await run("systemctl", ["--user", "disable", "--now", name])
  renameSync(path, `${path}.bak`)
  if (!isAgent) await run("systemctl", ["--user", "daemon-reload"])
}
