import { lstatSync, realpathSync, type Stats, statSync } from "node:fs"
import { dirname } from "node:path"
import { expandTilde, type Paths } from "../../config/paths.ts"
import type { ExecConfig } from "../config.ts"
import type { Problem } from "./answer.ts"

/**
 * The program behind a command, links resolved, if nobody else can have put it there. Folders in
 * `trustedDirs` may be writable by their group, as Homebrew's are: the operator vouches for them.
 */
export const findCommand = (
  name: string,
  config: Pick<ExecConfig, "command" | "allowSymlinkCommand" | "trustedDirs">,
  { home }: Pick<Paths, "home">,
): { program: string } | Problem => {
  const { command, allowSymlinkCommand } = config
  const setting = `secrets.providers.${name}`
  const link = lstatSync(command, { throwIfNoEntry: false })
  if (!link) return { reason: `there is no command ${command}`, next: `correct ${setting}.command` }
  if (link.isSymbolicLink() && !allowSymlinkCommand)
    return {
      reason: `the command ${command} is a link`,
      next: `name the program itself, or set ${setting}.allowSymlinkCommand and trustedDirs`,
    }
  const program = resolved(command)
  if (!program)
    return { reason: `the link ${command} leads nowhere`, next: `correct ${setting}.command` }
  const trusted = config.trustedDirs?.map((folder) => resolved(expandTilde(folder, home)))
  const isTrusted = (path: string) =>
    trusted?.some((folder) => folder && `${path}/`.startsWith(`${folder.replace(/\/$/, "")}/`))
  if (trusted && !isTrusted(program))
    return {
      reason: `the command ${program} is in none of the trusted folders`,
      next: `add its folder to ${setting}.trustedDirs if you trust it`,
    }
  return openToOthers(program, isTrusted) ?? { program }
}

const resolved = (path: string) => {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

const openToOthers = (
  program: string,
  isTrusted: (path: string) => boolean | undefined,
): Problem | undefined => {
  const file = statSync(program)
  if (!file.isFile()) return { reason: `${program} is not a program`, next: "correct the command" }
  if (!(file.mode & 0o111))
    return { reason: `${program} may not be run`, next: `chmod u+x ${program}` }
  const own = weakness(program, file, 0o022)
  if (own) return own
  for (let folder = dirname(program); ; folder = dirname(folder)) {
    const stats = statSync(folder)
    // In a folder such as /tmp nobody can replace what is not theirs.
    const mask = stats.mode & 0o1000 ? 0 : isTrusted(folder) ? 0o002 : 0o022
    const found = weakness(folder, stats, mask)
    if (found) return found
    if (folder === dirname(folder)) return undefined
  }
}

const weakness = (path: string, { uid, mode }: Stats, mask: number): Problem | undefined => {
  const us = process.getuid?.()
  if (us === undefined) return undefined
  if (uid !== us && uid !== 0)
    return {
      reason: `${path} belongs to another user (uid ${uid}), who could change what is run`,
      next: `use a command of root's or of your own (uid ${us})`,
    }
  if (mode & mask)
    return {
      reason: `other users could change what is run: ${path} has mode ${(mode & 0o777).toString(8)}`,
      next: `chmod go-w ${path}`,
    }
  return undefined
}
