/** The fake MCP server as a program. What it does besides, its first argument says. */
import { appendFileSync } from "node:fs"
import { fakeServer, type Request } from "./fake-mcp.ts"

const [how = "", note = ""] = process.argv.slice(2)
const say = (message: object) => void process.stdout.write(`${JSON.stringify(message)}\n`)

if (note) appendFileSync(note, `started ${process.pid}\n`)
if (how === "dies") {
  process.stderr.write("cannot open the notes\n")
  process.exit(3)
}
if (how === "child") {
  const child = Bun.spawn(["sh", "-c", "trap '' TERM; sleep 300; sleep 300"], {
    env: {},
    stdio: ["ignore", "inherit", "inherit"],
  })
  appendFileSync(note, `child ${child.pid}\n`)
  process.on("SIGTERM", () => {}) // as a program that does not let itself be told
}
if (how === "garbage") process.stdout.write("Welcome to the notes!\n{ this is no JSON\n\n42\n")

const server = fakeServer(() => process.exit(7))
for await (const line of console) {
  const request = JSON.parse(line) as Request
  if (note) appendFileSync(note, `${request.method} ${JSON.stringify(request.params ?? {})}\n`)
  if (how === "mute" && request.method !== "initialize") continue
  if (how === "deaf") continue
  server.hear(request, say)
}
if (how === "child") await new Promise(() => {})
