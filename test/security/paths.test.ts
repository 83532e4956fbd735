/** N023: what a client that may only read is told of the machine. */
import { afterAll, beforeAll, expect, test } from "bun:test"
import { hostname } from "node:os"
import { holds, type Scope } from "../../src/kernel/method.ts"
import { methods } from "../../src/registry.ts"
import { startGateway, type TestGateway } from "../support/gateway.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** Answers that may name a path all the same, and why. */
const exempt: Record<string, string> = {
  "logs.tail": "its lines are what the gateway wrote down; the file's own place is not among them",
}

test.each(["read", "write", "pairing", "approvals"] as Scope[])(
  "N023 %s: no answer and no hello names a path of this machine",
  async (scope) => {
    const client = await gateway.connect({ scopes: [`operator.${scope}`] })
    expect(JSON.stringify(client.hello)).not.toContain(gateway.home)
    const mine = new Set([scope])
    for (const { name, example } of methods.filter((one) => holds(mine, one.scope))) {
      const answer = await client.request(name, example).catch((error: Error) => error.message)
      const { lines: _, ...rest } =
        name in exempt ? (answer as { lines: string[] }) : { lines: 0, answer }
      expect(JSON.stringify(rest), name).not.toContain(gateway.home)
    }
  },
)

test("N023 hello tells a reader neither the machine's name nor its environment", async () => {
  const client = await gateway.connect({ scopes: ["operator.read"] })
  const hello = JSON.stringify(client.hello)
  for (const word of [hostname(), process.env.USER, process.env.PATH])
    if (word && word.length > 3) expect(hello).not.toContain(word)
})

test("N023 what answers without a credential tells no version, agent or path", async () => {
  for (const path of ["health", "healthz", "ready", "readyz", "nope", "v1/models", "api/x"]) {
    const response = await fetch(gateway.running.url + path, {
      headers: { "x-forwarded-for": "203.0.113.9" },
    })
    const told = (await response.text()) + JSON.stringify([...response.headers])
    expect(told, path).not.toMatch(/0\.0\.0-test|"main"|agentId|agents|uptime/i)
    expect(told, path).not.toContain(gateway.home)
  }
})
