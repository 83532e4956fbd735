import { agents, findAgent, workspaceOf } from "../agents/config.ts"
import { Paths } from "../config/paths.ts"
import { Models } from "../models/service.ts"
import { service, type Services } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"
import { Toolbox } from "./toolbox.ts"

/**
 * Tools that a single HTTP request may not use, whatever the policy says (contract 04 §7): what
 * starts other work, speaks as someone, runs commands or changes files. `gateway.tools.allow` takes
 * away from this list, `gateway.tools.deny` adds to it.
 */
export const httpDenied: readonly string[] = [
  "sessions_spawn",
  "sessions_send",
  "cron",
  "gateway",
  "whatsapp_login",
  "exec",
  "process",
  "write",
  "edit",
  "apply_patch",
  "nodes",
]

export interface Invocation {
  tool: string
  args: Readonly<Record<string, unknown>>
  /** Copied into `args` where the tool takes an `action` and `args` has none. */
  action?: string
  /** `surface` is `http`. */
  standing: Standing
  /** `gateway.tools` */
  lists?: { allow?: readonly string[]; deny?: readonly string[] }
  signal: AbortSignal
}

export type Invoked =
  | { kind: "done"; value: unknown; text: string }
  /** There is none, or it may not be used: the caller is not told which. */
  | { kind: "not-found" }
  /** The tool refused: `text` says why. */
  | { kind: "refused"; code: string; text: string }
  /** A bug; the log has it. */
  | { kind: "failed" }

/** Uses one tool outside a turn, through the same policy as any other call. */
export type InvokeTool = (invocation: Invocation) => Promise<Invoked>
export const InvokeTool = service<InvokeTool>("tool invocation")

const notFound: ReadonlySet<string> = new Set(["tools.unknown", "tools.denied"])

export const createInvokeTool =
  (services: Services): InvokeTool =>
  async ({ tool, args, action, standing: given, lists = {}, signal }) => {
    const toolbox = services.get(Toolbox)
    if (isDenied(tool, lists)) return { kind: "not-found" }
    // No model asks, but the limits of the one that would are not to be got around like this.
    const standing = { model: usualModel(services.get(Models), given.agentId), ...given }
    const offer = toolbox.offered(standing).find(({ name }) => name === tool)
    if (!offer) return { kind: "not-found" }
    const properties = (offer.parameters.properties ?? {}) as object
    const takesAction = action !== undefined && "action" in properties && !("action" in args)
    const config = services.get(agents)
    const result = await toolbox.run(tool, takesAction ? { ...args, action } : args, {
      ...standing,
      workspace: workspaceOf(findAgent(config, standing.agentId), config, services.get(Paths)),
      signal,
    })
    if (result.ok) return { kind: "done", value: result.value, text: result.text }
    if (notFound.has(result.code)) return { kind: "not-found" }
    return result.code === "internal" ? { kind: "failed" } : { kind: "refused", ...result }
  }

const usualModel = (models: Models, agentId: string) => {
  const [provider = "", ...model] = models.choose({ agentId }).refs[0]!.split("/")
  return { provider, model: model.join("/") }
}

const isDenied = (tool: string, { allow = [], deny = [] }: NonNullable<Invocation["lists"]>) => {
  const names = (list: readonly string[]) =>
    list.some((name) => name.trim().toLowerCase() === tool.toLowerCase())
  return names(deny) || (names(httpDenied) && !names(allow))
}
