import type { AnyRisk } from "../../src/kernel/risk.ts"
import { byKey, code, page, table } from "./markdown.ts"

const row = ({ id, title }: AnyRisk) => [code(id), title]

export const risksPage = (risks: readonly AnyRisk[], probes: readonly AnyRisk[]) =>
  page(
    "Risks",
    "What `fased security audit` can find, by the id scripts know it by. " +
      "How grave it is depends on the rest of the config, for example on who can reach the port.",
    [
      table(["Id", "Finding"], risks.toSorted(byKey(({ id }) => id)).map(row)),
      "## With `--deep`",
      "The running gateway is tried from outside, without any credential.",
      table(["Id", "Finding"], probes.toSorted(byKey(({ id }) => id)).map(row)),
    ],
  )
