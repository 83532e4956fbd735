import { expect, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Context } from "../../src/cli/command.ts"
import { createOutput } from "../../src/cli/output.ts"
import { gatewayControl } from "../../src/cli/update-control.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { commandLine } from "../support/command-line.ts"
import { startGateway } from "../support/gateway.ts"

const controlOf = (line: ReturnType<typeof commandLine>, gateMs: number) => {
  const env = { HOME: line.home, PATH: process.env.PATH }
  const nowhere = { write: () => {} }
  const context: Context = {
    version: "1.0.0",
    env,
    paths: resolvePaths(env),
    program: "fased",
    instance: [],
    out: createOutput({ stdout: nowhere, stderr: nowhere }, env, true),
    interactive: false,
  }
  return gatewayControl(context, { gateMs })
}

test("N196: a process that only got a gone gateway's id is not stopped with it", async () => {
  using line = commandLine()
  await using bystander = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] })
  const { pid } = bystander
  const note = { pid, port: 9, url: "ws://127.0.0.1:9/", version: "1.0.0", startedAt: 0 }
  writeFileSync(join(line.state, "gateway.json"), JSON.stringify(note))
  await controlOf(line, 0).stop()
  expect(bystander.exitCode).toBe(null)
  expect(bystander.signalCode).toBe(null)
})

test("a gateway whose secret this command line does not have counts as back by what it wrote down", async () => {
  using line = commandLine()
  await using gateway = await startGateway()
  const own = readFileSync(join(gateway.paths.state, "gateway.json"))
  writeFileSync(join(line.state, "gateway.json"), own)
  expect(await controlOf(line, 5_000).answers("0.0.0-test")).toBe(true)
  expect(await controlOf(line, 300).answers("0.0.1")).toBe(false)
})
