import { formatPath, parsePath, valueAt } from "../config/path.ts"
import type { ConfigState } from "../config/settings.ts"
import { isSecretRef } from "../kernel/secret.ts"
import type { Section } from "../kernel/section.ts"
import { secrets } from "./config.ts"
import { type ConfigText, configTexts } from "./config-texts.ts"
import { overridden } from "./overridden.ts"
import { plaintextIn, variablesOf } from "./plaintext.ts"
import type { Surroundings } from "./providers/answer.ts"
import { residue } from "./residue.ts"
import { resolveRefs } from "./resolve.ts"

export type AuditCode = "PLAINTEXT_FOUND" | "REF_UNRESOLVED" | "REF_SHADOWED" | "LEGACY_RESIDUE"

/** A place where a secret is not kept as it should be. Never holds a value. */
export interface AuditFinding {
  code: AuditCode
  severity: "error" | "warn"
  file: string
  jsonPath: string
  message: string
}

export interface AuditReport {
  version: 1
  status: "clean" | "findings" | "unresolved"
  filesScanned: string[]
  summary: {
    plaintextCount: number
    unresolvedRefCount: number
    shadowedRefCount: number
    legacyResidueCount: number
  }
  findings: AuditFinding[]
}

/** What is looked at. */
export interface Audited {
  state: ConfigState
  sections: readonly Section[]
  surroundings: Surroundings
}

/** Looks at every file that may hold a secret, and tries every reference. */
export const auditSecrets = async (audited: Audited): Promise<AuditReport> => {
  const { state, surroundings } = audited
  const config = secrets.schema.safeParse(state.composed?.secrets ?? {}).data
  const resolved = await resolveRefs(state.refs, config ?? secrets.schema.parse({}), surroundings)
  const texts = await configTexts(state, surroundings.paths)
  const left = residue(texts, resolved.secrets, audited)
  const findings = [
    ...writtenOut(texts, audited),
    ...resolved.failures.map(({ path, ref, reason, next }) =>
      finding("REF_UNRESOLVED", state.path, path, `${ref} cannot be fetched: ${reason}; ${next}`),
    ),
    ...unsetVariables(audited),
    ...shadowed(audited),
    ...left.findings,
  ]
  const count = (code: AuditCode) => findings.filter((one) => one.code === code).length
  const unresolvedRefCount = count("REF_UNRESOLVED")
  return {
    version: 1,
    status: unresolvedRefCount ? "unresolved" : findings.length ? "findings" : "clean",
    filesScanned: [...new Set([...texts.map(({ file }) => file), ...left.files])],
    summary: {
      plaintextCount: count("PLAINTEXT_FOUND"),
      unresolvedRefCount,
      shadowedRefCount: count("REF_SHADOWED"),
      legacyResidueCount: count("LEGACY_RESIDUE"),
    },
    findings,
  }
}

const finding = (
  code: AuditCode,
  file: string,
  jsonPath: string,
  message: string,
): AuditFinding => ({
  code,
  severity: code === "REF_UNRESOLVED" ? "error" : "warn",
  file,
  jsonPath,
  message,
})

/** Secrets that stand in the config or an included file as they are. */
const writtenOut = (texts: readonly ConfigText[], { state, sections }: Audited) =>
  texts
    .filter(({ kind }) => kind !== "backup")
    .flatMap(({ file, tree }) =>
      plaintextIn(tree ?? {}, sections).map(({ path }) =>
        isSecretRef(valueAt(state.composed, path))
          ? finding(
              "LEGACY_RESIDUE",
              file,
              formatPath(path),
              "is written out here, though a reference counts instead",
            )
          : finding("PLAINTEXT_FOUND", file, formatPath(path), "is written out in the config"),
      ),
    )

/** `${VAR}` where there is no such variable. */
const unsetVariables = ({ state, surroundings }: Audited) =>
  state.issues.flatMap(({ path, message, file = state.path }) => {
    const written = path ? valueAt(state.composed, parsePath(path)) : undefined
    const isUnset = variablesOf(written).some((name) => !surroundings.env[name])
    return isUnset ? [finding("REF_UNRESOLVED", file, path, message)] : []
  })

/** The reference counts, but whoever reads the environment is led astray. */
const shadowed = ({ state, surroundings }: Audited) =>
  overridden(state.refs, surroundings.env).map(({ path, variable }) =>
    finding("REF_SHADOWED", state.path, path, `${variable} is set as well; the reference counts`),
  )
