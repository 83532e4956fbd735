import * as z from "zod"
import { inWords } from "../kernel/in-words.ts"
import { route } from "../kernel/route.ts"
import { ToolContent } from "../kernel/tool-content.ts"
import { Directory } from "../sessions/directory.ts"
import { AgentIds } from "../tools/methods.ts"
import { InvokeTool } from "../tools/invoke.ts"
import { gateway } from "./config.ts"
import { badBody } from "./faults.ts"
import { firstIssue } from "./frames.ts"

const longestBody = 2_000_000

const body = z.object({
  tool: z.string().trim().min(1).max(200).describe("Name of the tool."),
  action: z
    .string()
    .max(200)
    .optional()
    .describe("Becomes the argument `action` where the tool takes one and `args` has none."),
  args: z.record(z.string(), z.unknown()).default({}).describe("Arguments of the tool."),
  sessionKey: z
    .string()
    .min(1)
    .max(512)
    .default("main")
    .describe("Session whose rights and folder count; `main` is the default agent's main session."),
  dryRun: z.boolean().optional().describe("Accepted, without effect."),
})

const shownPart = z.union([
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("image"), mimeType: z.string(), data: z.base64() }),
])

export const invokeTool = route({
  method: "POST",
  path: "/tools/invoke",
  summary: "Use one tool, under the same rules as an agent's own calls.",
  body,
  result: () =>
    z.object({
      ok: z.literal(true),
      result: z.unknown().or(z.object({ content: z.array(shownPart) })),
    }),
  needs: { gateway, invoke: InvokeTool, directory: Directory, agentIds: AgentIds },
  longest: () => longestBody,
  refuse: ({ code, message }) => ({ ok: false, error: { type: code, message } }),
  async handle({ body: read, request, signal, hold, gateway, invoke, directory, agentIds }) {
    const parsed = body.safeParse(parseJson(await read()), { error: inWords })
    if (!parsed.success) throw badBody({ problem: firstIssue(parsed.error) })
    const { tool, action, args, sessionKey } = parsed.data
    const { key, agentId } = directory.key(sessionKey)
    const header = (name: string) => request.headers.get(`x-fased-${name}`) ?? undefined
    const channel = header("message-channel")
    const account = header("account-id") ?? "default"
    hold()
    const invoked = await invoke({
      tool,
      args,
      action,
      standing: {
        agentId: agentIds(agentId),
        sessionKey: key,
        owner: true,
        surface: "http",
        ...(channel && { place: { channel, account, group: header("message-to") } }),
      },
      lists: gateway.tools,
      signal,
    })
    switch (invoked.kind) {
      case "done":
        return Response.json({ ok: true, result: shown(invoked.value) })
      case "not-found":
        return refused(404, "not_found", `There is no tool "${tool}" that may be used here.`)
      case "refused":
        return refused(400, invoked.code, invoked.text)
      case "failed":
        return refused(500, "internal", "The tool failed. The gateway's log has the details.")
    }
  },
})

const refused = (status: number, type: string, message: string) =>
  Response.json({ ok: false, error: { type, message } }, { status })

const shown = (value: unknown) =>
  value instanceof ToolContent
    ? {
        content: value.content.map((part) =>
          part.type === "text"
            ? part
            : { ...part, data: Buffer.from(part.data).toString("base64") },
        ),
      }
    : value

const parseJson = (text: Buffer): unknown => {
  try {
    return JSON.parse(text.toString("utf8"))
  } catch (error) {
    throw badBody({ problem: "it is not JSON" }, error)
  }
}
