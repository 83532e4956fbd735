/** N090: a canary in every secret of the config, looked for in everything the gateway says. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { hintsOf } from "../../src/config/hints.ts"
import { parsePath, type Tree, withValue } from "../../src/config/path.ts"
import { fileSchema } from "../../src/config/schema.ts"
import { methods, sections } from "../../src/registry.ts"
import { commandLine } from "../support/command-line.ts"
import { startGateway, type TestGateway } from "../support/gateway.ts"

const canary = (at: number) => `canary-${at}-${"k7Qz9Xw2".repeat(4)}`
const trace = /canary-\d+-k7/

/** Every path of the schema that says it holds a secret; `*` is any name. */
const secretPaths = Object.entries(hintsOf(fileSchema(sections)))
  .filter(([, { sensitive }]) => sensitive)
  .map(([path]) => path)

/** A working config with all of them set. */
const config = secretPaths.reduce<Tree>(
  (tree, path, at) =>
    withValue(tree, parsePath(path.replaceAll("*", "mine")), { value: canary(at) }),
  { gateway: { mode: "local", auth: { mode: "token" } } },
)
const ownToken = canary(secretPaths.indexOf("gateway.auth.token"))

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ config, client: { token: ownToken } })
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** Calls whose answer is a secret, and why that is right. */
const tells: Record<string, string> = {
  "device.token.rotate": "gives the device its new token, once; it is no secret of the config",
  "device.setup.create": "makes a code for one device; it is no secret of the config",
}

test("there are secrets to look for, the ones everybody has among them", () => {
  expect(secretPaths).toContain("gateway.auth.token")
  expect(secretPaths).toContain("models.providers.*.apiKey")
  expect(secretPaths).toContain("models.providers.*.headers.*")
})

describe.each(["operator.read", "operator.write", "operator.admin"])("%s", (scope) => {
  test("no call answers with a secret of the config", async () => {
    const client = await gateway.connect({ token: ownToken, scopes: [scope] })
    for (const { name, example } of methods) {
      if (name in tells) continue
      const answer = await client
        .request(name, example)
        .catch((error: Error) => ({ ...error, text: String(error) }))
      expect(JSON.stringify(answer), name).not.toMatch(trace)
    }
    expect(JSON.stringify(client.hello)).not.toMatch(trace)
  })
})

test("every place of the config is masked by name, in each way to read it", async () => {
  const answer = JSON.stringify(await gateway.client.request("config.get", {}))
  expect(answer).not.toMatch(trace)
  for (const path of secretPaths)
    expect(answer).toContain(path.split(".").at(-1)!.replace("*", "mine"))
})

test("no route answers with a secret", async () => {
  for (const { path } of gateway.running.routes) {
    const url = new URL(path.replace(/:\w+|\*/g, "x"), gateway.running.url)
    const response = await fetch(url, { headers: { authorization: `Bearer ${ownToken}` } })
    expect(await response.text(), path).not.toMatch(trace)
    expect(JSON.stringify([...response.headers]), path).not.toMatch(trace)
  }
})

test("a value of the wrong type is refused without being shown", async () => {
  using cli = commandLine({ gateway: { mode: "local", auth: { token: [canary(0)] } } })
  for (const args of [["config", "validate"], ["doctor"], ["status"], ["security", "audit"]]) {
    const { out, err } = await cli.fased(args)
    expect(out + err, args.join(" ")).not.toMatch(trace)
  }
})

test("no command prints a secret", async () => {
  using cli = commandLine()
  const commands = [
    ["config", "get"],
    ["config", "get", "gateway"],
    ["config", "get", "gateway.auth.token"],
    ["config", "get", "models.providers.mine.headers"],
    ["config", "validate"],
    ["status"],
    ["doctor"],
    ["gateway", "status"],
    ["gateway", "probe"],
    ["gateway", "call", "config.get"],
    ["models", "list"],
    ["models", "status"],
    ["sessions"],
    ["agents", "list"],
    ["logs"],
    ["security", "audit"],
    ["security", "audit", "--deep"],
  ]
  for (const args of commands)
    for (const more of [[], ["--json"]]) {
      const { out, err } = await cli.fased([...args, ...more], { env: { HOME: gateway.home } })
      expect(out + err, [...args, ...more].join(" ")).not.toMatch(trace)
    }
}, 60_000)

test("no log line holds a secret, not of those who were turned away either", async () => {
  await gateway.connect({ token: `${canary(99)}-wrong` }).catch(() => undefined)
  await fetch(`${gateway.running.url}?token=${canary(98)}`)
  await fetch(gateway.running.url, { headers: { authorization: `Bearer ${canary(97)}` } })
  await gateway.client.request("system-event", { text: `Bearer ${canary(96)}` })
  await gateway.stop()
  for (const name of readdirSync(gateway.paths.logs))
    expect(readFileSync(join(gateway.paths.logs, name), "utf8")).not.toMatch(trace)
})
