/** What strangers in the network say of themselves, on the terminal. */
import { expect, test } from "bun:test"
import { showBeacons } from "../../src/cli/commands/gateway-discover.ts"
import { createOutput } from "../../src/cli/output.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import type { Beacon } from "../../src/discovery/beacon.ts"

const beacon: Beacon = {
  name: "desk",
  host: "fased.local",
  port: 18_789,
  addresses: ["192.168.1.5"],
  wsUrl: "ws://192.168.1.5:18789",
  tls: false,
  warnings: [],
}

const shown = (...beacons: Beacon[]) => {
  let text = ""
  const stream = { write: (piece: string) => void (text += piece) }
  const out = createOutput({ stdout: stream, stderr: stream }, {}, true)
  const paths = resolvePaths({ HOME: "/nowhere" })
  showBeacons(beacons, { out, paths, program: "fased", instance: [] })
  return text
}

test("nothing found is no dead end", () => {
  expect(shown()).toContain("fased gateway tunnel user@host")
})

test("a gateway without TLS is reached by a tunnel", () => {
  const text = shown(beacon)
  expect(text).toContain("fased gateway tunnel user@192.168.1.5")
  expect(text).not.toContain("--token")
})

test("a gateway with TLS is tried with a fingerprint from its own machine", () => {
  const text = shown({ ...beacon, tls: true, wsUrl: "wss://192.168.1.5:18789" })
  expect(text).toContain("--url wss://192.168.1.5:18789 --tls-fingerprint <sha256> --token <token>")
  expect(text).toContain("from that machine and not from here")
})

test("a gateway that does not say where it is gets no command", () => {
  const lost = {
    name: "desk",
    addresses: [],
    tls: false,
    warnings: ["It does not say where it is."],
  }
  const text = shown(lost)
  expect(text).toContain("nowhere to go")
  expect(text).not.toContain("fased gateway")
})

test("names cannot move the cursor, retitle the window or hide what follows", () => {
  const text = shown({
    ...beacon,
    name: "\x1b]0;owned\x07\x1b[2J\u202edesk\r\n",
    host: "a\x9bb.local",
  })
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
  expect(text).toContain("\\x1b]0;owned")
})
