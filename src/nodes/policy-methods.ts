import { z } from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { method } from "../kernel/method.ts"
import { Nodes } from "./service.ts"

const exampleId = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
const nodeId = z.string().trim().toLowerCase().min(1).max(128).describe("The node's whole id.")

/** What a node keeps of what may run on it, as the node itself reads it. */
const snapshot = onFirstUse(() =>
  z.looseObject({ exists: z.boolean(), hash: z.string(), file: z.looseObject({}) }),
)

export const get = method({
  name: "exec.approvals.node.get",
  scope: "admin",
  summary: "What may run on a node, as the node keeps it.",
  params: () => z.object({ nodeId }),
  result: () => snapshot(),
  example: { nodeId: exampleId },
  needs: { nodes: Nodes },
  handle: async ({ nodeId }, { nodes, signal }) =>
    (await nodes.invoke({
      nodeId,
      command: "system.execApprovals.get",
      signal,
    })) as z.input<ReturnType<typeof snapshot>>,
})

export const set = method({
  name: "exec.approvals.node.set",
  scope: "admin",
  summary: "Change what may run on a node.",
  params: () =>
    z.object({
      nodeId,
      file: z.looseObject({}).describe("The whole policy, as exec.approvals.node.get gives it."),
      baseHash: z
        .string()
        .max(128)
        .optional()
        .describe("The hash it had when it was read: a change in between is not written over."),
    }),
  result: () => snapshot(),
  example: { nodeId: exampleId, file: { version: 1 } },
  needs: { nodes: Nodes },
  handle: async ({ nodeId, ...params }, { nodes, signal }) =>
    (await nodes.invoke({
      nodeId,
      command: "system.execApprovals.set",
      params,
      signal,
    })) as z.input<ReturnType<typeof snapshot>>,
})
