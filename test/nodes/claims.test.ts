import { expect, test } from "bun:test"
import fc from "fast-check"
import { dangerousCommands, knownCommands } from "../../src/nodes/allowlist.ts"
import { startGateway } from "../support/gateway.ts"
import { invoke, phone } from "../support/phone.ts"

const odd = ["odd.thing", "odd.other", "__proto__", "constructor", "system.run ", "SYSTEM.RUN", ""]
const names = fc.oneof(
  fc.constantFrom(...knownCommands, ...odd),
  fc.string({ unit: "binary", maxLength: 140 }),
)
const params = fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined })

test("whatever a node claims and whoever asks with whatever params, it is sent nothing beyond the rules", async () => {
  const allowCommands = ["odd.thing", "camera.snap", "canvas.eval"]
  const denyCommands = ["system.which", "canvas.eval"]
  await using gateway = await startGateway({
    config: { gateway: { nodes: { allowCommands, denyCommands } } },
  })
  const claimed = [...knownCommands, ...odd]
  const sent: string[] = []
  // It runs on this machine, whose platform was pinned when it was let in.
  const { nodeId } = await phone(gateway, claimed, ({ id, nodeId, command }) => {
    sent.push(command)
    return { id, nodeId, ok: true }
  })
  const { commands } = (await gateway.client.request("node.describe", { nodeId })) as {
    commands: string[]
  }
  expect(commands).toContain("odd.thing")
  expect(commands.filter((name) => denyCommands.includes(name))).toEqual([])
  expect(commands.filter((name) => dangerousCommands.has(name))).toEqual(["camera.snap"])
  // What may run there is read and changed by a method of its own, which takes an admin.
  const doors = ["system.execApprovals.get", "system.execApprovals.set"]
  await fc.assert(
    fc.asyncProperty(names, params, async (command, params) => {
      sent.length = 0
      const answered = await invoke(gateway, nodeId, { command, params }).then(
        () => true,
        () => false,
      )
      const wanted = command.trim()
      const may = commands.includes(wanted) && !doors.includes(wanted)
      // A command line is read first, and these are none.
      expect(answered).toBe(may && (wanted !== "system.run" || sent.length === 1))
      expect(sent).toEqual(answered ? [wanted] : [])
    }),
    { numRuns: 400 },
  )
})

test("of all that a node claims, what nobody knows and what is dangerous is closed until somebody names it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(names, { maxLength: 30 }), async (claims) => {
      await using gateway = await startGateway()
      const few = claims.filter((name) => name.length <= 128)
      const { nodeId } = await phone(gateway, few)
      const { commands, closed } = (await gateway.client.request("node.describe", { nodeId })) as {
        commands: string[]
        closed: string[]
      }
      expect(commands.filter((name) => dangerousCommands.has(name))).toEqual([])
      expect(commands.filter((name) => !knownCommands.has(name))).toEqual([])
      expect([...commands, ...closed].toSorted()).toEqual(
        [...new Set(few.map((name) => name.trim()).filter(Boolean))].toSorted(),
      )
    }),
    { numRuns: 10 },
  )
})
