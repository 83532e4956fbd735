import * as z from "zod"
import { formatPath, isForbiddenKey, parsePath, type Path } from "../config/path.ts"
import { refProblem, type SecretRef } from "../kernel/secret.ts"
import type { Section } from "../kernel/section.ts"
import { badPlan, badTarget } from "./faults.ts"
import { namesIn, type TargetTypes, targetTypes, typeOf } from "./targets.ts"

const providerName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, "a provider's name is lower-case letters, digits, - and _")

const ref = z.custom<SecretRef>((value) => typeof value === "object" && value !== null, {
  error: "must be a reference with source, provider and id",
})

const target = z.strictObject({
  type: z.string(),
  path: z.string(),
  pathSegments: z.array(z.string()).optional(),
  providerId: z.string().optional(),
  accountId: z.string().optional(),
  ref,
})
type PlanTarget = z.infer<typeof target>

/** A plan as it is written down (contract 08 §9). */
const planSchema = z.strictObject({
  version: z.literal(1),
  protocolVersion: z.literal(1),
  generatedAt: z.string().optional(),
  generatedBy: z.string().optional(),
  providerUpserts: z.record(providerName, z.looseObject({})).default({}),
  providerDeletes: z.array(providerName).default([]),
  targets: z.array(target),
  options: z
    .strictObject({
      scrubEnv: z.boolean().default(true),
      scrubAuthProfilesForProviderTargets: z.boolean().default(true),
      scrubLegacyAuthJson: z.boolean().default(true),
    })
    .prefault({}),
})
type PlanFile = z.infer<typeof planSchema>

/** One setting that is to hold a reference from now on. */
export interface Move {
  path: Path
  ref: SecretRef
  /** The model provider whose key it is. */
  providerId?: string
}

/** A plan whose every target is a place for a secret. */
export interface Plan extends Pick<PlanFile, "providerUpserts" | "providerDeletes" | "options"> {
  moves: readonly Move[]
}

/** What is written down of a plan: places, never a secret. */
export const writePlan = (plan: Plan, sections: readonly Section[], generatedAt: string) => {
  const types = targetTypes(sections)
  const targets = plan.moves.map(({ path, ref }) => ({
    type: typeOf(types, path),
    path: formatPath(path),
    pathSegments: path.map(String),
    ref,
  }))
  const { providerUpserts, providerDeletes, options } = plan
  return {
    version: 1,
    protocolVersion: 1,
    generatedAt,
    generatedBy: "fased secrets configure",
    providerUpserts,
    providerDeletes,
    targets,
    options,
  }
}

/** Everything that a secret leaves behind goes, unless a plan says otherwise. */
export const scrubAll: Plan["options"] = {
  scrubEnv: true,
  scrubAuthProfilesForProviderTargets: true,
  scrubLegacyAuthJson: true,
}

/** Reads a plan, or throws the one thing that is wrong with it. */
export const readPlan = (text: string, sections: readonly Section[]): Plan => {
  const { targets, providerUpserts, providerDeletes, options } = parse(text)
  const types = targetTypes(sections)
  const moves = targets.map((one) => moveOf(one, types))
  const seen = new Set<string>()
  for (const { path } of moves) {
    const named = formatPath(path)
    if (seen.has(named)) throw badPlan({ problem: `it names ${named} twice` })
    seen.add(named)
  }
  const both = providerDeletes.find((name) => Object.hasOwn(providerUpserts, name))
  if (both) throw badPlan({ problem: `it both sets and deletes the provider "${both}"` })
  return { moves, providerUpserts, providerDeletes, options }
}

const parse = (text: string): PlanFile => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    // The parser's own words would quote the file, which should hold no secret but may.
    throw badPlan({ problem: "it is not JSON" }, error)
  }
  const { success, data, error } = planSchema.safeParse(value)
  if (success) return data
  const [issue] = error.issues
  const place = formatPath(issue!.path)
  throw badPlan({ problem: place ? `${place}: ${issue!.message}` : issue!.message })
}

const moveOf = (target: PlanTarget, types: TargetTypes): Move => {
  const { type, path: written, ref, providerId, accountId } = target
  const refuse = () => badTarget({ type, path: written })
  const path = pathOf(target)
  const names = path && namesIn(types, type, path)
  if (!names) throw refuse()
  if (providerId !== undefined && providerId !== names.get("providers")) throw refuse()
  if (accountId !== undefined && accountId !== names.get("accounts")) throw refuse()
  const problem = refProblem(ref)
  if (problem) throw badPlan({ problem: `the reference for ${written} ${problem}` })
  const { source, provider, id } = ref
  return {
    path,
    ref: { source, ...(provider !== undefined && { provider }), id },
    ...(type === "models.providers.apiKey" && { providerId: names.get("providers") }),
  }
}

/** Where a target points; undefined when it cannot be said without doubt. */
const pathOf = ({ path: text, pathSegments }: PlanTarget): Path | undefined => {
  const path = pathSegments ?? parsed(text)
  if (!path?.length || path.some((key) => key === "" || isDangerous(String(key)))) return undefined
  const spelt = [path.join("."), formatPath(path)]
  return !pathSegments || spelt.includes(text) ? path : undefined
}

const parsed = (text: string): Path | undefined => {
  try {
    return parsePath(text)
  } catch {
    return undefined
  }
}

/** A name with a dot hides nothing either: `a.__proto__` would be two names to another reader. */
const isDangerous = (key: string) => key.split(".").some(isForbiddenKey)
