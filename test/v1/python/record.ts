/**
 * Records what Python's openai sends to a gateway and what comes back:
 *
 *   pip install openai && bun test/v1/python/record.ts [python]
 *
 * Where the library is not content with an answer, nothing is written and it says so.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { inProcess, startApi } from "../clients/host.ts"
import { scenarios, seeing } from "./scenarios.ts"
import { firstMessage } from "./wire.ts"

const python = process.argv[2] ?? "python3"
const folder = join(import.meta.dir, "recorded")

/** Passes bytes both ways and keeps them, by connection. */
const recorder = async (target: number) => {
  const heard: { asked: string; answered: string }[] = []
  const server = createServer((client) => {
    const both = { asked: "", answered: "" }
    heard.push(both)
    const gateway = connect(target, "127.0.0.1")
    client.on("data", (data) => {
      both.asked += data.toString("latin1")
      gateway.write(data)
    })
    gateway.on("data", (data) => {
      both.answered += data.toString("latin1")
      client.write(data)
    })
    client.on("close", () => gateway.end()).on("error", () => gateway.destroy())
    gateway.on("close", () => client.end()).on("error", () => client.destroy())
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  return { heard, server, port: (server.address() as { port: number }).port }
}

const messages = (text: string): string[] => {
  const first = firstMessage(text)
  return first ? [first.message, ...messages(first.rest)] : []
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
for (const [scenario, turns] of Object.entries(scenarios)) {
  await using api = await startApi(inProcess, turns, { provider: seeing })
  const { heard, server, port } = await recorder(Number(new URL(api.url).port))
  const base = `http://127.0.0.1:${port}/v1`
  const child = Bun.spawn([python, join(import.meta.dir, "client.py"), scenario, base, api.token])
  if (await child.exited) throw new Error(`${scenario} failed`)
  server.close()
  const exchanges = heard.flatMap(({ asked, answered }) => {
    const answers = messages(answered)
    return messages(asked).map((request, at) => ({ request, answer: answers[at]! }))
  })
  exchanges.forEach(({ request, answer }, at) => {
    const name = join(folder, `${scenario}-${at + 1}`)
    const told = request.replaceAll(api.token, "{token}").replaceAll(`127.0.0.1:${port}`, "{host}")
    writeFileSync(`${name}.request`, told, "latin1")
    writeFileSync(`${name}.answer`, answer, "latin1")
  })
  console.log(scenario, exchanges.length)
}
