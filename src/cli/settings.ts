import type { Settings } from "../config/settings.ts"
import type { Context } from "./command.ts"

/** Opens this instance's config. It brings in every section's schema, so only commands that need it do. */
export const openSettings = async ({
  paths,
  env,
}: Pick<Context, "paths" | "env">): Promise<Settings> => {
  const [{ createSettings }, { sections }] = await Promise.all([
    import("../config/create.ts"),
    import("../registry/sections.ts"),
  ])
  return createSettings({
    paths,
    env,
    sections,
    async guard(next, now) {
      const { refuseLockOut } = await import("../gateway/lock-out.ts")
      refuseLockOut(next, now)
    },
    async fetchSecrets(refs, secrets, made) {
      const [{ createFetch }, { systemClock }] = await Promise.all([
        import("../secrets/fetch.ts"),
        import("../kernel/clock.ts"),
      ])
      return createFetch({ env, clock: systemClock, paths })(refs, secrets, made)
    },
  })
}
