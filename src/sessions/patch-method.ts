import * as z from "zod"
import { agents, findAgent, modelsOf } from "../agents/config.ts"
import { method } from "../kernel/method.ts"
import { Models } from "../models/service.ts"
import { Directory } from "./directory.ts"
import { unknownSession } from "./faults.ts"
import { type OverridesPatch, sessionOverrides } from "./overrides.ts"
import { modelNames, sessionRow, toRow } from "./row.ts"
import type { Session } from "./session.ts"

const wish = sessionOverrides.shape
const exec = wish.exec.unwrap().shape
/** Null takes it back; absent leaves it as it is. */
const nullable = <S extends z.ZodType>(schema: z.ZodOptional<S>, description: string) =>
  schema.unwrap().nullable().optional().describe(description)

const params = z.object({
  key: z.string().min(1).describe("Session key; `main` is the default agent's main session."),
  label: z.string().trim().min(1).max(64).nullable().optional().describe("Name people see."),
  model: z.string().trim().min(1).nullable().optional().describe("Model, by name or alias."),
  authProfileId: z.string().min(1).max(200).nullable().optional().describe("Credential to use."),
  thinkingLevel: nullable(wish.thinking, "How hard the model thinks."),
  verboseLevel: nullable(wish.verbose, "How much of the tools is shown."),
  reasoningLevel: nullable(wish.reasoning, "Whether its reasoning is shown."),
  elevatedLevel: nullable(wish.elevated, "Whether commands may leave the sandbox."),
  responseUsage: z
    .enum(["off", "tokens", "full", "on"])
    .nullable()
    .optional()
    .describe("What replies say of tokens; `on` is an older word for tokens."),
  sendPolicy: nullable(wish.sendPolicy, "Whether replies go to the network."),
  groupActivation: nullable(wish.groupActivation, "When it answers in a group."),
  execHost: nullable(exec.host, "Where commands run."),
  execSecurity: nullable(exec.security, "Which commands may run."),
  execAsk: nullable(exec.ask, "When a command is asked about first."),
  execNode: nullable(exec.node, "Node that commands run on."),
  spawnedBy: z.string().min(1).max(512).nullable().optional().describe("Session that started it."),
  spawnDepth: z.int().min(0).max(64).nullable().optional().describe("How deep below it."),
})
type Params = z.infer<typeof params>

/** Where commands run and may do is one wish; what is not named of it stays. */
const execOf = (
  { execHost, execSecurity, execAsk, execNode }: Params,
  before: Session,
): OverridesPatch["exec"] => {
  const named = { host: execHost, security: execSecurity, ask: execAsk, node: execNode }
  const given = Object.entries(named).filter(([, value]) => value !== undefined)
  if (!given.length) return undefined
  const after = { ...before.overrides.exec, ...Object.fromEntries(given) }
  const left = Object.entries(after).filter(([, value]) => value !== null)
  return left.length ? Object.fromEntries(left) : null
}

const wishesOf = (params: Params, before: Session, model?: string | null): OverridesPatch => {
  const { authProfileId: id, responseUsage } = params
  return given({
    model,
    thinking: params.thinkingLevel,
    verbose: params.verboseLevel,
    reasoning: params.reasoningLevel,
    elevated: params.elevatedLevel,
    responseUsage: responseUsage === "on" ? ("tokens" as const) : responseUsage,
    sendPolicy: params.sendPolicy,
    groupActivation: params.groupActivation,
    exec: execOf(params, before),
    authProfile: id ? { id, source: "user" as const } : id === null ? null : undefined,
  })
}

const given = <T extends object>(values: T) =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>

export const patch = method({
  name: "sessions.patch",
  scope: "admin",
  summary: "Change what one session wants otherwise than the config; null takes a wish back.",
  params,
  result: () =>
    z.object({
      ok: z.literal(true),
      path: z.string(),
      key: z.string(),
      entry: sessionRow(),
      /** The model it answers with now. */
      resolved: z.object({ modelProvider: z.string().optional(), model: z.string() }),
    }),
  example: { key: "main", thinkingLevel: "high", label: null },
  emits: ["sessions.changed"],
  needs: { directory: Directory, models: Models, agents },
  async handle(params, { directory, models, agents }) {
    const { key } = directory.key(params.key)
    const before = await directory.find(key)
    if (!before) throw unknownSession({ key })
    const model = params.model && models.check(params.model)
    const session = await directory.patch(key, {
      ...given({
        label: params.label,
        spawnedBy: params.spawnedBy,
        spawnDepth: params.spawnDepth === null ? 0 : params.spawnDepth,
      }),
      overrides: wishesOf(params, before, model),
    })
    if (!session) throw unknownSession({ key })
    const usual = modelsOf(findAgent(agents, session.agentId), agents)[0] ?? models.defaultRef()
    const resolved = modelNames(session.overrides.model ?? usual)
    return { ok: true as const, path: "fased.db", key, entry: toRow(session), resolved }
  },
})
