import type { Paths } from "../config/paths.ts"
import { nameTaken } from "./faults.ts"
import type { Host } from "./host.ts"
import { createLaunchd } from "./launchd.ts"
import type { Manager } from "./manager.ts"
import { type ServiceKind, serviceNames } from "./names.ts"
import { createSystemd } from "./systemd.ts"

/** The managers this system has, the user's own first. An instance that can have no service has none. */
export const managersOf = (
  { profile }: Pick<Paths, "profile">,
  { platform, folders, run, user, bootedBySystemd }: Host,
  kind: ServiceKind = "gateway",
): readonly Manager[] => {
  try {
    const names = serviceNames(profile, kind)
    if (platform === "darwin")
      return [createLaunchd({ names, folder: folders.agents, run, uid: user.uid })]
    const shared = { names, run, user, bootedBySystemd }
    return [
      createSystemd({ ...shared, scope: "user", folder: folders.userUnits }),
      createSystemd({ ...shared, scope: "system", folder: folders.systemUnits }),
    ]
  } catch (error) {
    if (nameTaken.is(error)) return []
    throw error
  }
}
