import { isTree } from "../../config/path.ts"
import type { Paths } from "../../config/paths.ts"
import { usage } from "../faults.ts"
import { Cancelled } from "../prompts.ts"
import { type Wizard, written } from "./wizard.ts"

/** With `--reset`: conversations begin afresh, stored model keys go. Config, token and devices stay. */
export const resetFirst = async (wizard: Wizard) => {
  const { args, ask, context, settings } = wizard
  if (!args.reset) {
    if (args["reset-scope"])
      throw usage({ problem: "--reset-scope says what --reset is to reset." })
    return
  }
  const scope = args["reset-scope"] ?? "auth+sessions"
  const words = [
    ...(scope.includes("sessions") ? ["begin every conversation afresh"] : []),
    ...(scope.includes("auth") ? ["forget the stored model keys"] : []),
  ].join(" and ")
  if (ask && !(await ask.confirm({ message: `Really ${words}?`, initial: false })))
    throw new Cancelled()
  wizard.hasWritten = true
  if (scope.includes("sessions")) await beginAfresh(context.paths)
  if (!scope.includes("auth")) return
  await settings.change(storedKeys(wizard))
  wizard.state = await settings.read()
}

/** The old transcripts are archived, as `/new` does; nothing of them is deleted. */
const beginAfresh = async (paths: Paths) => {
  const [{ lockState }, { Database }, { migrations }, { createSessionStore }] = await Promise.all([
    import("../../store/lock.ts"),
    import("../../store/database.ts"),
    import("../../registry/migrations.ts"),
    import("../../sessions/store.ts"),
  ])
  const lock = lockState(paths.state)
  try {
    const db = new Database(paths.database, migrations)
    try {
      const store = createSessionStore(db)
      const { total } = await store.list({ limit: 1 })
      const { sessions } = await store.list({ limit: Math.max(1, total) })
      for (const { key } of sessions) await store.reset(key, Date.now())
    } finally {
      db.close()
    }
  } finally {
    lock.release()
  }
}

const storedKeys = (wizard: Wizard) => {
  const providers = written(wizard, "models", "providers")
  return Object.entries(isTree(providers) ? providers : {})
    .filter(([, provider]) => isTree(provider) && provider.apiKey !== undefined)
    .map(([name]) => ({ path: ["models", "providers", name, "apiKey"] }))
}
