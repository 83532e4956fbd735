/** What this machine allows at all: the least program that answers on a port. */
import { version } from "../../package.json"

const [first, , , port] = process.argv.slice(2)

if (first === "--version") {
  console.log(`bare ${version}`)
} else {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: Number(port),
    fetch: () => Response.json({ ok: true }),
  })
  process.on("SIGTERM", () => void server.stop(true).then(() => process.exit(0)))
}
