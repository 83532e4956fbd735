import { existsSync } from "node:fs"
import { needsRoot } from "./faults.ts"
import type { Host } from "./host.ts"

type AboutLinger = Pick<Host, "run" | "user">

/** Whether this user's services outlive the login; unknown where there are no logins to outlive. */
export const lingers = async ({ run, user }: AboutLinger): Promise<boolean | undefined> => {
  const shown = await run("loginctl", ["show-user", user.name, "--property=Linger"])
  if (shown?.code === 0) return shown.out === "Linger=yes"
  // Without a login logind knows nothing of a user, unless the user lingers.
  if (/not logged in or lingering/.test(shown?.err ?? "")) return false
  return existsSync(`/var/lib/systemd/linger/${user.name}`) || undefined
}

export const lingerCommand = ({ name }: Host["user"]) => `sudo loginctl enable-linger ${name}`

/** Some systems let users do this themselves; elsewhere root must. */
export const keepLingering = async ({ run, user }: AboutLinger) => {
  const ran = await run("loginctl", ["--no-ask-password", "enable-linger", user.name])
  if (ran?.code !== 0)
    throw needsRoot({
      what: "Keeping your service running after you log out",
      command: lingerCommand(user),
    })
}
