/** The command line of a machine whose gateway is another one. */
import { expect, test } from "bun:test"
import { commandLine } from "../support/command-line.ts"
import { startGateway, testToken } from "../support/gateway.ts"

test("what changes a gateway elsewhere says which one, and what only reads does not", async () => {
  await using gateway = await startGateway()
  const url = `ws://127.0.0.1:${gateway.running.port}`
  using client = commandLine({ gateway: { mode: "remote", remote: { url, token: testToken } } })
  const changed = await client.fased(["sessions", "reset", "agent:main:main"])
  expect(changed.err).toContain(`on ${url}`)
  const called = await client.fased(["gateway", "call", "config.get"])
  expect(called).toMatchObject({ code: 0, err: `on ${url}\n` })
  expect(await client.fased(["models", "list"])).toMatchObject({ code: 0, err: "" })
})

test("a probe and the status show a gateway elsewhere its own token and no other", async () => {
  await using gateway = await startGateway()
  const url = `ws://127.0.0.1:${gateway.running.port}`
  using client = commandLine({
    gateway: { mode: "remote", remote: { url }, auth: { token: testToken } },
  })
  const env = { FASED_GATEWAY_TOKEN: testToken }
  const probed = JSON.parse((await client.fased(["gateway", "probe", "--json"], { env })).out)
  expect(probed.targets[0]).toMatchObject({ id: "remote", reachable: true, ok: false })
  const { out } = await client.fased(["gateway", "status", "--json"], { env })
  expect(out).not.toContain('"ok": true')
  // Other commands may try what is there (contract 01 §8).
  expect(await client.fased(["health"], { env })).toMatchObject({ code: 0 })
})
