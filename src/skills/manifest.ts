import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { badSkillFile } from "./faults.ts"
import { parseFrontmatter } from "./frontmatter.ts"

export const skillName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const mostDescription = 1024

const words = onFirstUse(() =>
  z.preprocess(
    (value) => (typeof value === "string" ? [value] : (value ?? undefined)),
    z.array(z.string().min(1).max(200)).max(50).default([]),
  ),
)
const flag = (fallback: boolean) =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.trim().toLowerCase() === "true" : value),
    z.boolean().default(fallback),
  )
const program = onFirstUse(() => z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,99}$/))
const programs = onFirstUse(() => z.preprocess((value) => value ?? [], z.array(program()).max(50)))

const installer = onFirstUse(() =>
  z.object({
    id: z.string().max(64).optional(),
    kind: z.enum(["brew", "node", "go", "uv", "download"]),
    label: z.string().max(200).optional(),
    formula: z.string().max(200).optional(),
    package: z.string().max(200).optional(),
    module: z.string().max(200).optional(),
    bins: programs(),
    os: words(),
    url: z.string().max(2000).optional(),
    integrity: z.string().max(200).optional(),
    sha256: z.string().max(200).optional(),
    targetDir: z.string().max(200).optional(),
  }),
)
export type InstallerSpec = z.infer<ReturnType<typeof installer>>

const facts = onFirstUse(() =>
  z.object({
    always: flag(false),
    emoji: z.string().max(16).optional(),
    homepage: z.string().max(500).optional(),
    os: words(),
    primaryEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
      .optional(),
    skillKey: z.string().regex(skillName).optional(),
    requires: z.preprocess(
      (value) => value ?? {},
      z.object({ bins: programs(), anyBins: programs(), env: words(), config: words() }),
    ),
    install: z.array(installer()).max(20).default([]),
  }),
)

const fields = onFirstUse(() =>
  z.object({
    name: z.string().regex(skillName, "has to be letters, digits, -, _ and ., at most 64"),
    description: z.string().trim().min(1),
    homepage: z.string().max(500).optional(),
    "user-invocable": flag(true),
    "disable-model-invocation": flag(false),
    "command-dispatch": z.literal("tool").optional().catch(undefined),
    "command-tool": z.string().max(100).optional(),
    "command-arg-mode": z.string().max(20).optional(),
    metadata: z.unknown().optional(),
  }),
)

/** What a SKILL.md says of itself. */
export interface Manifest extends z.infer<ReturnType<typeof facts>> {
  name: string
  description: string
  userInvocable: boolean
  /** Models are not told of it; people may call it all the same. */
  hidden: boolean
  /** `/name` calls this tool instead of asking a model. */
  tool?: string
}

export const parseManifest = async (
  bytes: Uint8Array,
): Promise<{ manifest: Manifest; body: string }> => {
  const { fields: given, body } = await parseFrontmatter(bytes)
  const said = checked(fields(), given, "")
  const own = checked(facts(), ownMetadata(said.metadata), "metadata.fased.")
  const homepage = own.homepage ?? said.homepage
  const manifest: Manifest = {
    ...own,
    ...(homepage && { homepage }),
    name: said.name,
    description: oneLine(said.description).slice(0, mostDescription).toWellFormed(),
    userInvocable: said["user-invocable"],
    hidden: said["disable-model-invocation"],
    ...(said["command-dispatch"] && said["command-tool"] && { tool: said["command-tool"] }),
  }
  return { manifest, body }
}

const checked = <S extends z.ZodType>(schema: S, value: unknown, prefix: string): z.output<S> => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw badSkillFile({ why: `${prefix}${path.join(".")}: ${message}` })
}

/** `metadata.fased`; skills of the OpenClaw family say the same under their own name. */
const ownMetadata = (metadata: unknown): unknown => {
  const given = typeof metadata === "string" ? parseJson(metadata) : metadata
  if (typeof given !== "object" || given === null) return {}
  const { fased, openclaw, clawdbot } = given as Record<string, unknown>
  return fased ?? openclaw ?? clawdbot ?? {}
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badSkillFile({ why: "its metadata is no JSON" }, error)
  }
}

const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim()
