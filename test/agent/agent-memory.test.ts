/** What an agent remembers, read and corrected over the wire. */
import { expect, test } from "bun:test"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startGateway } from "../support/gateway.ts"

const agentId = "main"

test("notes are listed, begun, read and changed, and not over somebody else's change", async () => {
  await using gateway = await startGateway()
  const { client, paths } = gateway
  const path = "memory/garden.md"
  await client.request("agents.memory.set", {
    agentId,
    path,
    content: "The hose is in the shed.\n",
  })
  const { files, total } = (await client.request("agents.memory.list", { agentId })) as {
    files: { path: string; editable: boolean }[]
    total: number
  }
  expect(total).toBe(1)
  expect(files).toEqual([expect.objectContaining({ path, editable: true })])
  const read = (await client.request("agents.memory.get", { agentId, path })) as {
    content: string
    updatedAtMs: number
  }
  expect(read.content).toBe("The hose is in the shed.\n")
  writeFileSync(join(paths.workspace, path), "Somebody else was here, later.\n")
  const late = { agentId, path, content: "Mine.\n", updatedAtMs: read.updatedAtMs - 1 }
  await expect(client.request("agents.memory.set", late)).rejects.toThrow("changed by somebody")
})

test("nothing but memory is read or written, whatever leads there", async () => {
  await using gateway = await startGateway()
  const { client, paths, home } = gateway
  const secret = join(home, "secret.md")
  writeFileSync(secret, "not for anybody\n")
  mkdirSync(join(paths.workspace, "memory"), { recursive: true })
  symlinkSync(secret, join(paths.workspace, "memory", "link.md"))
  symlinkSync(home, join(paths.workspace, "memory", "folder"))
  for (const path of [
    "SOUL.md",
    "../secret.md",
    "memory/../../secret.md",
    "memory/link.md",
    "memory/folder/secret.md",
    secret,
  ]) {
    await expect(client.request("agents.memory.get", { agentId, path })).rejects.toThrow()
    await expect(
      client.request("agents.memory.set", { agentId, path, content: "x" }),
    ).rejects.toThrow()
  }
  expect(await Bun.file(secret).text()).toBe("not for anybody\n")
})
