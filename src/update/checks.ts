import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { readRecord } from "./record.ts"

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
    `fased ${to} was installed and taken back; ${from} is in place. ${reason ?? ""}`.trim(),
  next: () => "See why with fased logs, and try again when there is a newer one: fased update",
})
