import { rmSync } from "node:fs"
import { Paths } from "../config/paths.ts"
import { Build } from "../kernel/build.ts"
import { check } from "../kernel/check.ts"
import { Clock } from "../kernel/clock.ts"
import { readRecord } from "./record.ts"
import { staleStages } from "./stage.ts"

export const notTakenBack = check({
  id: "update.taken-back",
  title: "The last update was not taken back",
  severity: "hint",
  needs: { paths: Paths },
  detect({ paths }) {
    const last = readRecord(paths.state)
    return last?.outcome === "rolled-back" ? last : null
  },
  explain: ({ from, to, reason }) =>
    `fased ${to} was installed and taken back${reason ? `: ${reason}` : ""}. ${from} is in place.`,
  next: () => "See why with fased logs, and try again when there is a newer one: fased update",
})

/** The next update would remove them; until then they take room, and a full disk stops it. */
export const nothingStaged = check({
  id: "update.leftovers",
  title: "No update lies about half-fetched",
  severity: "hint",
  here: true,
  needs: { build: Build, clock: Clock },
  detect({ build, clock }) {
    const found = build.binary ? staleStages(build.binary, clock.now()) : []
    return found.length ? { found } : null
  },
  explain: ({ found }) => `Left by an update that was cut off: ${found.join(", ")}.`,
  fix: {
    migration: true,
    // Kept nowhere: it is part of a download, and the room is what is missing.
    describe: ({ found }) => `Remove ${found.join(", ")}.`,
    apply({ found }) {
      for (const path of found) rmSync(path, { force: true })
    },
  },
})
