import { expect, test } from "bun:test"
import type { Pairing } from "../../src/devices/pairing.ts"
import type { ToolContent } from "../../src/kernel/tool-content.ts"
import type { Invocation } from "../../src/nodes/links.ts"
import type { Nodes } from "../../src/nodes/service.ts"
import { nodesTool } from "../../src/nodes/tools.ts"

const pixel = Buffer.from("picture").toString("base64")

const use = async (params: object, answer: unknown = { ok: true }) => {
  const asked: Invocation[] = []
  const nodes: Partial<Nodes> = {
    find: async () => ({ nodeId: "ab", displayName: "phone" }) as never,
    async invoke(invocation) {
      asked.push(invocation)
      return answer
    },
  }
  const pairing = { list: async () => ({ pending: [], paired: [] }) } as unknown as Pairing
  const signal = new AbortController().signal
  const result = await nodesTool.run(nodesTool.params.parse(params), {
    nodes: nodes as Nodes,
    pairing,
    signal,
  } as never)
  return { asked, result }
}

test("a picture of a node's camera is a picture to the model; anything else is refused", async () => {
  const { asked, result } = await use(
    { action: "camera_snap", node: "phone", facing: "front" },
    { format: "jpg", base64: pixel, width: 1, height: 1 },
  )
  expect(asked).toMatchObject([{ command: "camera.snap", params: { facing: "front" } }])
  expect((result as ToolContent).content[1]).toMatchObject({ mimeType: "image/jpeg" })
  for (const answer of [{ format: "svg", base64: pixel }, { format: "jpg" }, null])
    await expect(use({ action: "camera_snap", node: "phone" }, answer)).rejects.toThrow(
      "sent no picture",
    )
})

test("neither commands nor what may run are an agent's to reach around the approval", async () => {
  for (const command of ["system.run", "system.run.prepare", "system.execApprovals.set"])
    await expect(use({ action: "invoke", node: "x", command })).rejects.toMatchObject({
      code: "nodes.wrong-door",
    })
})

test("nodes are offered in the owner's turns alone", () => {
  expect(nodesTool.ownerOnly).toBe(true)
})
