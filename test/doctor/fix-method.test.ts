import { expect, test } from "bun:test"
import { chmodSync, statSync } from "node:fs"
import { listRuns } from "../../src/doctor/history.ts"
import { startGateway } from "../support/gateway.ts"

interface Fixed {
  repair?: { id: string; state: string }
  report: { findings: { id: string }[] }
}

test("doctor.fix applies the fix of one finding, keeps what was before, and looks again", async () => {
  await using gateway = await startGateway()
  const { client, paths } = gateway
  chmodSync(paths.config, 0o644)
  const { repair, report } = (await client.request("doctor.fix", {
    id: "config.private",
  })) as Fixed
  expect(repair).toMatchObject({ id: "config.private", state: "fixed" })
  expect(statSync(paths.config).mode & 0o777).toBe(0o600)
  const left = report.findings.map(({ id }) => id)
  expect(left).not.toContain("config.private")
  // Nobody asked for this one.
  expect(left).toContain("agents.workspace")
  expect(listRuns(paths.state)).toHaveLength(1)
})

test("doctor.fix does nothing about what is not there", async () => {
  await using gateway = await startGateway()
  const answer = (await gateway.client.request("doctor.fix", { id: "config.private" })) as Fixed
  expect(answer.repair).toBeUndefined()
  expect(listRuns(gateway.paths.state)).toEqual([])
})

test("doctor.fix is for those who may change everything", async () => {
  await using gateway = await startGateway()
  const reader = await gateway.connect({ scopes: ["operator.read"] })
  await expect(reader.request("doctor.fix", { id: "config.private" })).rejects.toThrow(/scope/)
})
