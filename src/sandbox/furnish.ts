import { chownSync, cpSync, existsSync, lstatSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { privateFolder } from "../store/files.ts"

/**
 * Makes a sandbox's own folder and, the first time, puts the notes at the top of the agent's
 * workspace into it; its skills are copied anew each time. Only called while no container uses it:
 * what ran in one may have put links there, so nothing is ever written through what is there.
 */
export const furnish = (folder: string, workspace: string, user: string) => {
  const fresh = !existsSync(folder)
  privateFolder(folder)
  if (existsSync(workspace)) {
    const notes = fresh ? readdirSync(workspace, { withFileTypes: true }) : []
    for (const entry of notes)
      if (entry.isFile() && entry.name.endsWith(".md"))
        cpSync(join(workspace, entry.name), join(folder, entry.name))
    const skills = join(workspace, "skills")
    rmSync(join(folder, "skills"), { recursive: true, force: true })
    if (lstatSync(skills, { throwIfNoEntry: false })?.isDirectory())
      cpSync(skills, join(folder, "skills"), {
        recursive: true,
        filter: (path) => !lstatSync(path).isSymbolicLink(),
      })
  }
  if (process.getuid?.() === 0 && fresh) giveAway(folder, user)
}

/** A gateway that runs as root hands the folder to the user that commands run as. */
const giveAway = (folder: string, user: string) => {
  const [uid, gid = uid] = user.split(":").map(Number)
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) return
  for (const path of [
    folder,
    ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  ])
    chownSync(path, uid!, gid!)
}
