import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { databaseWhole } from "../store/database-checks.ts"
import { damagedIn, repairIn } from "./quarantine.ts"
import { isTooMuch, Upkeep } from "./upkeep.ts"

/** A gateway marks a session when it reads what it cannot; the marks are looked for, not every row. */
export const readable = check({
  id: "sessions.readable",
  title: "Every session can be read",
  severity: "warn",
  here: true,
  after: [databaseWhole],
  needs: { paths: Paths },
  detect({ paths }) {
    const damaged = damagedIn(paths.database)
    return damaged.length ? { damaged } : null
  },
  explain: ({ damaged }) =>
    `Of ${damaged.length === 1 ? "a session" : `${damaged.length} sessions`} something cannot be read: ${damaged
      .slice(0, 5)
      .map(({ key, damage }) => `${key} (${words[damage]})`)
      .join(", ")}. The rest of them works.`,
  fix: {
    describe: () => "Put aside what cannot be read; copies stay in the database.",
    apply(_, { paths }) {
      repairIn(paths.database)
    },
  },
})

const words = { overrides: "its settings, so it answers nothing", messages: "some messages" }

export const tidy = check({
  id: "sessions.tidy",
  title: "No more sessions are kept than session.maintenance wants",
  severity: "hint",
  needs: { upkeep: Upkeep },
  detect({ upkeep }) {
    const report = upkeep.look()
    return isTooMuch(report) ? report : null
  },
  explain({ stores, archivesRemoved, bytesBefore, bytesLimit }) {
    const sum = (field: "pruned" | "capped") => stores.reduce((all, one) => all + one[field], 0)
    const parts = [
      sum("pruned") && `${sum("pruned")} not used for long`,
      sum("capped") && `${sum("capped")} more than an agent is to have`,
      archivesRemoved && `${archivesRemoved} archived for long`,
      bytesLimit !== null &&
        bytesBefore > bytesLimit &&
        `${Math.ceil(bytesBefore / 1e6)} MB where ${Math.floor(bytesLimit / 1e6)} MB are allowed`,
    ]
    return `More conversations are kept than session.maintenance wants: ${parts.filter(Boolean).join(", ")}.`
  },
  next: () =>
    "Look with: fased sessions cleanup --dry-run. To have it done daily: fased config set session.maintenance.mode enforce",
})
