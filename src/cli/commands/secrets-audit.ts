import type { AuditFinding, AuditReport } from "../../secrets/audit.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { printable } from "../printable.ts"
import { openSecrets } from "../secrets.ts"

export const secretsAudit = command({
  about:
    "Looks at the config and the files it includes, its copies, .env, secrets.json and what an older " +
    "layout left behind, and tries every reference. Shows places, never a secret. " +
    "The exit code is 2 when a reference cannot be fetched, and with --check 1 when anything else was found.",
  args: {
    check: { type: "boolean", description: "Exit code 1 for findings" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased secrets audit", "where secrets lie"],
    ["fased secrets audit --check --json", "for a script or a nightly job"],
  ],
  async run({ check, json }, context) {
    const [{ auditSecrets }, { systemClock }, { settings, sections }] = await Promise.all([
      import("../../secrets/audit.ts"),
      import("../../kernel/clock.ts"),
      openSecrets(context),
    ])
    const state = settings.current()
    if (!state.source) throw (await import("../../config/faults.ts")).configInvalid(state)
    const { env, paths } = context
    const report = await auditSecrets({
      state,
      sections,
      surroundings: { env, paths, clock: systemClock },
    })
    if (json) context.out.json(report)
    else print(report, context)
    if (report.summary.unresolvedRefCount) return 2
    return check && report.findings.length ? 1 : 0
  },
})

const titles: Record<AuditFinding["code"], string> = {
  REF_UNRESOLVED: "References that cannot be fetched",
  PLAINTEXT_FOUND: "Secrets written out",
  REF_SHADOWED: "Two sources for one secret",
  LEGACY_RESIDUE: "Left behind",
}

const print = ({ findings, filesScanned, status }: AuditReport, context: Context) => {
  const { out } = context
  const { good, bad, warn, accent, muted, heading } = out.paint
  for (const [code, title] of Object.entries(titles)) {
    const group = findings.filter((finding) => finding.code === code)
    if (!group.length) continue
    out.print(`${heading(title)} ${muted(code)}`)
    for (const { severity, file, jsonPath, message } of group) {
      const mark = severity === "error" ? bad("✗") : warn("!")
      out.print(`  ${mark} ${accent(printable(jsonPath, 300))} ${printable(message, 600)}`)
      out.print(`    ${muted(printable(file, 500))}`)
    }
    out.print()
  }
  const looked = muted(
    `(${filesScanned.length} ${filesScanned.length === 1 ? "file" : "files"} looked at)`,
  )
  if (status === "clean")
    return out.print(`${good("Clean.")} No secret lies in the open. ${looked}`)
  const verdict = status === "unresolved" ? bad("Unresolved.") : warn("Not clean.")
  out.print(`${verdict} ${findings.length} to look at ${looked}`)
  if (findings.some(({ code }) => code === "PLAINTEXT_FOUND"))
    out.print(`Move secrets out of the config: ${accent(fased(context, "secrets configure"))}`)
}
