import * as z from "zod"
import { agents, findAgent } from "../agents/config.ts"
import { method } from "../kernel/method.ts"
import { Directory } from "../sessions/directory.ts"
import { Sandboxes } from "./service.ts"

const agentId = z.string().optional().describe("Agent. Default: the default one.")

export const list = method({
  name: "sandbox.list",
  scope: "admin",
  summary: "List the containers that tools run in.",
  params: () => z.object({}),
  result: () =>
    z.object({
      containers: z.array(
        z.object({
          name: z.string(),
          running: z.boolean(),
          image: z.string(),
          scope: z.string(),
          agentId: z.string(),
          form: z.string(),
          createdAt: z.number().optional(),
          usedAt: z.number().optional(),
        }),
      ),
    }),
  example: {},
  needs: { sandboxes: Sandboxes },
  handle: async (_, { sandboxes }) => ({ containers: await sandboxes.list() }),
})

export const recreate = method({
  name: "sandbox.recreate",
  scope: "admin",
  summary: "Remove containers, so that they are made anew when they are next needed.",
  params: () =>
    z.object({
      agentId: z.string().optional().describe("Only those of this agent."),
      sessionKey: z.string().optional().describe("Only the one of this session."),
      all: z.boolean().default(false).describe("All of this gateway."),
    }),
  result: () => z.object({ removed: z.array(z.string()) }),
  example: { all: true },
  needs: { sandboxes: Sandboxes, directory: Directory },
  async handle({ agentId, sessionKey, all }, { sandboxes, directory }) {
    const key = sessionKey === undefined ? undefined : directory.key(sessionKey)
    const wanted =
      key && sandboxes.explain({ agentId: key.agentId, sessionKey: key.key })?.container
    const removed: string[] = []
    for (const one of await sandboxes.list()) {
      const meant = all || one.name === wanted || (!key && agentId === one.agentId)
      if (!meant) continue
      await sandboxes.remove(one.name)
      removed.push(one.name)
    }
    return { removed }
  },
})

export const explain = method({
  name: "sandbox.explain",
  scope: "admin",
  summary: "Say whether a session is sandboxed, with what settings, and why.",
  params: () =>
    z.object({
      sessionKey: z.string().default("main").describe("Session."),
      agentId,
    }),
  result: () =>
    z.object({
      sessionKey: z.string(),
      agentId: z.string(),
      sandboxed: z.boolean(),
      why: z.string(),
      sandbox: z
        .object({
          mode: z.string(),
          access: z.string(),
          scope: z.string(),
          container: z.string(),
          folder: z.string(),
          workspace: z.string(),
          readOnly: z.boolean(),
          image: z.string(),
          form: z.string(),
          flags: z.array(z.string()),
        })
        .optional(),
      settings: z.array(z.string()),
    }),
  example: { sessionKey: "main" },
  needs: { sandboxes: Sandboxes, directory: Directory, agents },
  handle({ sessionKey, agentId }, { sandboxes, directory, agents }) {
    const id = agentId && findAgent(agents, agentId).id
    const asked = id && !sessionKey.startsWith("agent:") ? `agent:${id}:${sessionKey}` : sessionKey
    const { key, agentId: whose } = directory.key(asked)
    const sandbox = sandboxes.explain({ agentId: whose, sessionKey: key })
    const mode =
      sandbox?.mode ??
      findAgent(agents, whose).sandbox?.mode ??
      agents.defaults.sandbox?.mode ??
      "off"
    return {
      sessionKey: key,
      agentId: whose,
      sandboxed: sandbox !== undefined,
      why: reasons[mode]?.(sandbox !== undefined) ?? mode,
      ...(sandbox && { sandbox }),
      settings: [
        "agents.defaults.sandbox",
        `agents.list[${whose}].sandbox`,
        "tools.sandbox.tools",
        "tools.exec.host",
        "tools.elevated",
      ],
    }
  },
})

const reasons: Record<string, (sandboxed: boolean) => string> = {
  off: () => "agents.defaults.sandbox.mode is off: commands run on the gateway's machine.",
  all: () => "agents.defaults.sandbox.mode is all: every session is sandboxed.",
  "non-main": (sandboxed) =>
    sandboxed
      ? "agents.defaults.sandbox.mode is non-main, and this is not the agent's main session."
      : "agents.defaults.sandbox.mode is non-main, and this is the agent's main session.",
}
