import type { AnyCheck } from "../../src/kernel/check.ts"
import { byKey, code, page, table } from "./markdown.ts"

const row = (check: AnyCheck) => [
  code(check.id),
  check.severity,
  check.title,
  check.fix ? "yes" : "",
  check.after?.map(({ id }) => code(id)).join(", ") ?? "",
]

export const checksPage = (checks: readonly AnyCheck[]) =>
  page("Checks", "What `fased doctor` looks at. `fased doctor --fix` mends what can be mended.", [
    table(
      ["Check", "Severity", "Holds when", "Can fix", "Only after"],
      checks.toSorted(byKey(({ id }) => id)).map(row),
    ),
  ])
