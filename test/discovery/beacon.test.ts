/** Threat N056: what anybody in the network can say steers nobody. */
import { expect, test } from "bun:test"
import fc from "fast-check"
import { beaconsFrom, type Heard, isUsable } from "../../src/discovery/beacon.ts"

const type = "_fased-gw._tcp.local"
const name = `desk.${type}`
const pointer: Heard = { type: "PTR", name: type, data: name }
const service = (port = 18_789, target = "desk.local"): Heard => ({
  type: "SRV",
  name,
  data: { port, target },
})
const address = (data = "192.168.1.5", host = "desk.local"): Heard => ({
  type: data.includes(":") ? "AAAA" : "A",
  name: host,
  data,
})
const text = (...strings: string[]): Heard => ({
  type: "TXT",
  name,
  data: strings.map((one) => Buffer.from(one)),
})

test("a gateway is where its SRV and address records say", () => {
  expect(beaconsFrom([pointer, service(), address(), text("displayName=My desk")])).toEqual([
    {
      name: "desk",
      displayName: "My desk",
      tls: false,
      host: "desk.local",
      port: 18_789,
      addresses: ["192.168.1.5"],
      wsUrl: "ws://192.168.1.5:18789",
      warnings: [],
    },
  ])
  const [six] = beaconsFrom([pointer, service(), address("fd00::5")])
  expect(six!.wsUrl).toBe("ws://[fd00::5]:18789")
})

test("TXT records steer nobody: not to a host, not to a port, not to a certificate", () => {
  const lies = text(
    "lanHost=evil.local",
    "gatewayPort=6666",
    "wsUrl=ws://evil.example",
    "tailnetDns=evil.ts.net",
    "gatewayTls=1",
    `gatewayTlsSha256=${"ab".repeat(32)}`,
  )
  const evil = address("192.168.1.66", "evil.local")
  const [beacon] = beaconsFrom([pointer, service(), address(), lies, evil])
  expect(beacon).toMatchObject({
    wsUrl: "wss://192.168.1.5:18789",
    warnings: ["Its TXT record names another place; that was ignored."],
  })
  expect(JSON.stringify(beacon)).not.toMatch(/evil|6666|abab/)
})

test.each([
  ["no SRV record", [pointer, address(), text("lanHost=desk.local", "gatewayPort=18789")]],
  ["a host without an address", [pointer, service(), text("lanHost=desk.local")]],
  ["an address of another host", [pointer, service(), address("192.168.1.5", "other.local")]],
  ["port 0", [pointer, service(0), address()]],
  ["two SRV records that disagree", [pointer, service(), service(6666), address()]],
  ["nobody's address", [pointer, service(), address("0.0.0.0")]],
  ["this machine's loopback", [pointer, service(), address("127.0.0.1"), address("::1")]],
  ["everybody's address", [pointer, service(), address("224.0.0.251"), address("ff02::1")]],
  ["an address that is none", [pointer, service(), address("evil.example")]],
] as const)("with %s there is no way to it, and it says why", (_, records) => {
  const [beacon] = beaconsFrom(records)
  expect(beacon!.wsUrl).toBeUndefined()
  expect(beacon!.warnings).toHaveLength(1)
})

test("what is no gateway of that kind is left out", () => {
  const other: Heard = { type: "PTR", name: type, data: "printer._ipp._tcp.local" }
  expect(beaconsFrom([other, service(), address()])).toEqual([])
})

test("a name's escapes are the bytes they stand for", () => {
  const escaped: Heard = { type: "PTR", name: type, data: `Ada\\039s desk\\032\\195\\169.${type}` }
  expect(beaconsFrom([escaped])[0]!.name).toBe("Ada's desk é")
})

test("whatever is heard, every address shown is one that was said, and can be dialled", () => {
  const word = fc.constantFrom("desk.local", "evil.local", "127.0.0.1", "10.0.0.1", "fe80::1", "x")
  const record: fc.Arbitrary<Heard> = fc.oneof(
    fc.record({ type: fc.constant("PTR"), name: fc.constant(type), data: fc.constant(name) }),
    fc.record({
      type: fc.constant("SRV"),
      name: fc.constant(name),
      data: fc.record({ port: fc.nat(65_535), target: word }),
    }),
    fc.record({ type: fc.constantFrom("A", "AAAA"), name: word, data: word }),
    fc.record({
      type: fc.constant("TXT"),
      name: fc.constant(name),
      data: fc.array(fc.string().map((s) => Buffer.from(s))),
    }),
  )
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), (records) => {
      for (const { wsUrl } of beaconsFrom(records)) {
        if (wsUrl === undefined) continue
        const said = new URL(wsUrl).hostname.replace(/^\[|\]$/g, "")
        expect(isUsable(said)).toBe(true)
        expect(records.some(({ data }) => data === said)).toBe(true)
      }
    }),
  )
})
