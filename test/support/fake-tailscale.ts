import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export const tailnetName = "box.tail1234.ts.net"

/**
 * A `tailscale` program on a PATH of its own that keeps what it serves in a file, as tailscaled
 * does. It knows one address of the tailnet.
 */
export const fakeTailscale = (folder: string) => {
  const bin = join(folder, "bin")
  const at = (name: string) => join(bin, name)
  mkdirSync(bin, { recursive: true })
  writeFileSync(
    at("tailscale"),
    `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs")
const at = (name) => ${JSON.stringify(bin)} + "/" + name
const args = process.argv.slice(2)
appendFileSync(at("asked"), args.join(" ") + "\\n")
const read = (name) => existsSync(at(name)) ? JSON.parse(readFileSync(at(name), "utf8")) : undefined
const fail = (text) => { console.error(text); process.exit(1) }
const odd = read("odd") ?? {}
if (odd.garbage) console.log(odd.garbage)
else if (args[0] === "whois") {
  if (args[2] !== "100.64.0.7") fail("peer not found")
  console.log(JSON.stringify({ UserProfile: { LoginName: "ada@example.com" } }))
} else if (args[0] === "status") {
  console.log(JSON.stringify({ BackendState: odd.backend ?? "Running", Self: { DNSName: "${tailnetName}." } }))
} else if (args[0] === "serve" && args[1] === "status") console.log(JSON.stringify(read("served") ?? {}))
else if (odd.refuses) fail(odd.refuses)
else if (args.at(-1) === "off") writeFileSync(at("served"), "{}")
else {
  const site = "${tailnetName}:443"
  writeFileSync(at("served"), JSON.stringify({
    TCP: { 443: { HTTPS: true } },
    Web: { [site]: { Handlers: { "/": { Proxy: args.at(-1) } } } },
    ...(args[0] === "funnel" && { AllowFunnel: { [site]: true } }),
  }))
}
`,
  )
  chmodSync(at("tailscale"), 0o755)
  const asked = () =>
    existsSync(at("asked")) ? readFileSync(at("asked"), "utf8").trim().split("\n") : []
  return {
    /** For the environment of whoever is to find it. */
    path: `${bin}:/usr/bin:/bin`,
    /** The calls that change what is served, arguments joined. */
    changes: () => asked().filter((call) => /^(?:serve|funnel) --/.test(call)),
    /** What port 443 leads to. */
    served(): { proxy?: string; isPublic: boolean } {
      const state = existsSync(at("served")) ? JSON.parse(readFileSync(at("served"), "utf8")) : {}
      const site = `${tailnetName}:443`
      return {
        proxy: state.Web?.[site]?.Handlers["/"]?.Proxy,
        isPublic: state.AllowFunnel?.[site] === true,
      }
    },
    /** As if tailscaled had been reset, or somebody else had served something. */
    serve(proxy?: string) {
      const web = { [`${tailnetName}:443`]: { Handlers: { "/": { Proxy: proxy } } } }
      writeFileSync(at("served"), JSON.stringify(proxy ? { Web: web } : {}))
    },
    behave(odd: { garbage?: string; backend?: string; refuses?: string }) {
      writeFileSync(at("odd"), JSON.stringify(odd))
    },
    uninstall: () => rmSync(at("tailscale")),
  }
}
