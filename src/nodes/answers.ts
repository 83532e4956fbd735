import { z } from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { toolContent } from "../kernel/tool-content.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { nodeRefused } from "./faults.ts"
import type { Invocation } from "./links.ts"
import { encoded } from "./media.ts"
import type { Nodes } from "./service.ts"
import type { Node } from "./shown.ts"

type Named = Pick<Node, "nodeId" | "displayName">

const picture = onFirstUse(() =>
  encoded().extend({ format: z.string().regex(/^(?:jpe?g|png|webp)$/i) }),
)

/** What a node says, for a model: pages, messages and names in it are other people's words. */
export const fenced = ({ nodeId }: Named, value: unknown) =>
  untrusted(typeof value === "string" ? value : JSON.stringify(value, null, 1), {
    source: `node ${nodeId.slice(0, 12)}`,
  })

/** Asks a node for a tool. Why it will not is its own words as well. */
export const askFor = async (
  nodes: Pick<Nodes, "invoke">,
  node: Named,
  call: Omit<Invocation, "nodeId">,
): Promise<unknown> => {
  try {
    return await nodes.invoke({ ...call, nodeId: node.nodeId })
  } catch (error) {
    if (!nodeRefused.is(error)) throw error
    const { words, nodeCode } = error.data
    throw nodeRefused(
      { ...error.data, words: `${nodeCode ?? "Refused"}: ${fenced(node, words)}` },
      error,
    )
  }
}

export const pictureOf = (node: Named, answer: unknown, what: string) => {
  const read = picture().safeParse(answer)
  if (!read.success) throw nodeRefused({ node: node.nodeId, words: "The node sent no picture." })
  const { format, base64 } = read.data
  return toolContent(
    { type: "text", text: `A picture of ${what} of ${node.displayName ?? node.nodeId}.` },
    {
      type: "image",
      mimeType: `image/${format.toLowerCase().replace("jpg", "jpeg")}`,
      data: Buffer.from(base64, "base64"),
    },
  )
}
