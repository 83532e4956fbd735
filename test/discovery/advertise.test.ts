/** A gateway makes itself known by real multicast, on this machine's loopback interface. */
import { createSocket } from "node:dgram"
import { describe, expect, test } from "bun:test"
import type { Packet } from "dns-packet"
import { browse } from "../../src/discovery/browse.ts"
import { keepAdvertised } from "../../src/discovery/advertise.ts"
import { openLink } from "../../src/discovery/link.ts"
import { asLabel, textOf } from "../../src/discovery/records.ts"
import { respond } from "../../src/discovery/responder.ts"
import { lanAddresses } from "../../src/gateway/address.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import type { Log } from "../../src/kernel/log.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { hastyClock, hasMulticast, listenIn, neighbourhood } from "../support/multicast.ts"

const type = "_fased-gw._tcp.local"
const records = ({ answers = [], additionals = [] }: Packet) => [...answers, ...additionals]
/** A response in which a record of this type has this name and a time to live. */
const tells =
  (recordType: string, name: string, alive = true) =>
  (packet: Packet) =>
    packet.type === "response" &&
    records(packet).some(
      (one) =>
        one.type === recordType && one.name === name && "ttl" in one && one.ttl! > 0 === alive,
    )
const textOfPacket = (packet: Packet) =>
  Object.fromEntries(
    records(packet)
      .flatMap((one) => (one.type === "TXT" ? [one.data].flat() : []))
      .map((piece) => String(piece).split("=", 2)),
  )

const noting = () => {
  const lines: string[] = []
  const awaited = new Map<string, () => void>()
  const note = (message: string) => {
    lines.push(message)
    awaited.get(message)?.()
  }
  const log: Log = { trace: note, debug: note, info: note, warn: note, error: note, for: () => log }
  const until = (line: string) =>
    new Promise<void>((resolve) => {
      if (lines.includes(line)) resolve()
      awaited.set(line, resolve)
    })
  return { log, lines, until }
}

const advert = (port: number, more: object = {}) => ({
  instance: "desk",
  host: "fased",
  port,
  txt: (host: string) =>
    textOf({ mode: "minimal", displayName: "desk", port, sshPort: "22" }, host),
  ...more,
})

const speak = async (
  place: Awaited<ReturnType<typeof neighbourhood>>,
  port: number,
  more?: object,
) => {
  const { log, ...noted } = noting()
  const responder = await respond(advert(port, more), place, { clock: hastyClock, log })
  return { responder, ...noted, [Symbol.asyncDispose]: responder.close }
}

test("the TXT record holds what the contract says, and no more", () => {
  const about = { displayName: "desk", port: 18_789, sshPort: "22", cliPath: "/opt/fased" }
  const minimal = {
    role: "gateway",
    transport: "gateway",
    displayName: "desk",
    lanHost: "fased.local",
    gatewayPort: "18789",
  }
  expect(textOf({ ...about, mode: "minimal" }, "fased")).toEqual(minimal)
  expect(textOf({ ...about, mode: "full" }, "fased")).toEqual({
    ...minimal,
    sshPort: "22",
    cliPath: "/opt/fased",
  })
  const elsewhere = { tlsFingerprint: "ab:cd", tailnetDns: "desk.example.ts.net" }
  expect(textOf({ ...about, ...elsewhere, mode: "minimal" }, "fased-2")).toEqual({
    ...minimal,
    lanHost: "fased-2.local",
    tailnetDns: "desk.example.ts.net",
    gatewayTls: "1",
    gatewayTlsSha256: "ab:cd",
  })
})

test("any host name makes a label", () => {
  expect(asLabel("desk")).toBe("desk")
  expect(asLabel("a.b\n")).toBe("a-b-")
  expect(asLabel("é".repeat(60))).toBe("é".repeat(28))
  expect(asLabel("")).toBe("fased")
})

test("only a gateway that listens beyond loopback has networks to be found in", () => {
  const v4 = (address: string, internal = false) => ({
    address,
    internal,
    family: "IPv4" as const,
    netmask: "255.255.255.0",
    mac: "02:00:00:00:00:01",
    cidr: null,
  })
  const interfaces = {
    lo: [v4("127.0.0.1", true)],
    eth0: [v4("192.168.1.5"), v4("192.168.1.6")],
    tailscale0: [v4("100.101.102.103")],
  }
  expect(lanAddresses(["127.0.0.1"], interfaces)).toEqual([])
  expect(lanAddresses(["0.0.0.0"], interfaces)).toEqual(["192.168.1.5"])
  expect(lanAddresses(["192.168.1.6"], interfaces)).toEqual(["192.168.1.6"])
  expect(lanAddresses(["100.101.102.103", "127.0.0.1"], interfaces)).toEqual([])
})

test("a network that cannot be joined is told once, and stops nobody", async () => {
  const { log, lines } = noting()
  const advertised = keepAdvertised({
    facts: () => ({ mode: "minimal", port: 1 }),
    place: () => ({ addresses: ["203.0.113.9"], port: 1 }),
    env: {},
    clock: hastyClock,
    log,
  })
  await advertised.look()
  await advertised.look()
  expect(lines).toEqual(["bonjour: advertise failed"])
  await advertised.close()
})

describe.skipIf(!(await hasMulticast()))(
  "with multicast on loopback (skipped where it has none)",
  () => {
    test("a gateway is found, by its records, and says goodbye", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      const desk = await speak(place, 18_789)
      await street.until(tells("SRV", `desk.${type}`))
      expect(desk.responder.isAnnounced()).toBe(true)
      expect(await browse(place, { clock: hastyClock, timeoutMs: 5000 })).toMatchObject([
        {
          name: "desk",
          host: "fased.local",
          wsUrl: "ws://127.0.0.1:18789",
          tls: false,
          warnings: [],
        },
      ])
      await desk.responder.close()
      await street.until(tells("PTR", type, false))
      expect(await browse(place, { clock: hastyClock, timeoutMs: 2000 })).toEqual([])
    })

    test("a second gateway of the same name takes another, and says so", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      await using _first = await speak(place, 18_789)
      await street.until(tells("SRV", `desk.${type}`))
      await using second = await speak(place, 18_809)
      await street.until(tells("SRV", `desk (2).${type}`))
      expect(second.lines).toContain("bonjour: name conflict resolved")
      const found = await browse(place, { clock: hastyClock, timeoutMs: 5000 })
      expect(Object.fromEntries(found.map(({ name, wsUrl }) => [name, wsUrl]))).toEqual({
        desk: "ws://127.0.0.1:18789",
        "desk (2)": "ws://127.0.0.1:18809",
      })
    })

    test("two that start at the same moment end with a name each", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      await using one = await speak(place, 18_789)
      await using two = await speak(place, 18_809)
      await street.until(tells("SRV", `desk.${type}`))
      await street.until(tells("SRV", `desk (2).${type}`))
      const names = [one, two].map(({ responder }) => responder.advert.instance)
      expect(names.sort()).toEqual(["desk", "desk (2)"])
    })

    test("a host name that is another machine's is left to it", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      await using desk = await speak(place, 18_789)
      await street.until(tells("SRV", `desk.${type}`))
      const a = { type: "A", name: "fased.local", ttl: 120, data: "192.168.1.77" } as const
      await street.say({ type: "response", answers: [a] })
      const moved = await street.until(tells("A", "fased-2.local"))
      expect(desk.lines).toContain("bonjour: hostname conflict resolved")
      expect(textOfPacket(moved).lanHost).toBe("fased-2.local")
    })

    test("someone who takes every name is not fought forever", async () => {
      const place = await neighbourhood()
      const troll = await openLink(place, ({ authorities = [] }) => {
        for (const { type, name } of authorities)
          if (type === "SRV") {
            const data = { port: 1, target: "troll.local" }
            const answers = [{ type, name, ttl: 120, data }]
            void troll.send(() => ({ type: "response", answers }))
          }
      })
      await using desk = await speak(place, 18_789)
      await desk.until("bonjour: advertise failed")
      expect(desk.lines.filter((line) => line === "bonjour: name conflict resolved")).toHaveLength(
        8,
      )
      expect(desk.responder.isAnnounced()).toBe(false)
      await troll.close()
    })

    test("garbage, and questions from elsewhere than the port, are not answered", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      await using _desk = await speak(place, 18_789)
      await street.until(tells("SRV", `desk.${type}`))
      const stranger = createSocket("udp4")
      const send = (bytes: Uint8Array) =>
        new Promise<unknown>((done) => stranger.send(bytes, place.port!, "127.0.0.1", done))
      await send(Buffer.from("garbage"))
      await send(new Uint8Array(9001))
      await send(Buffer.from("\0\0\x84\0\0\0\0\x01\0\0\0\0\xc0\x0c", "latin1"))
      stranger.close()
      expect(await browse(place, { clock: hastyClock, timeoutMs: 3000 })).toHaveLength(1)
    })

    test("however often it is asked, it answers at a pace", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      const { log } = noting()
      const desk = await respond(advert(18_789), place, { clock: systemClock, log })
      await street.until(tells("SRV", `desk.${type}`))
      const before = street.heard.length
      const question = { type: "PTR", name: type } as const
      for (let at = 0; at < 200; at++) await street.say({ type: "query", questions: [question] })
      await street.until(
        (packet) => tells("PTR", type)(packet) && street.heard.indexOf(packet) >= before,
      )
      const answers = street.heard.slice(before).filter(({ type }) => type === "response")
      expect(answers.length).toBeLessThan(5)
      await desk.close()
    })

    test("a running gateway follows its config, and tells no secret", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      await using gateway = await startGateway({
        config: { gateway: settings },
        env: { FASED_MDNS_HOSTNAME: "kitchen", FASED_CLI_PATH: "/opt/fased" },
        start: { neighbourhood: place },
      })
      const minimal = textOfPacket(await street.until(tells("A", "kitchen.local")))
      expect(minimal).toMatchObject({
        lanHost: "kitchen.local",
        gatewayPort: `${gateway.running.port}`,
      })
      expect(minimal).not.toHaveProperty("cliPath")
      const named = await fetch(`${gateway.running.url}healthz`, {
        headers: { host: "kitchen.local" },
      })
      expect(named.status).toBe(200)

      const write = async (mode: string) => {
        const mdns = { mode }
        writeFileAtomic(
          gateway.paths.config,
          JSON.stringify({ gateway: settings, discovery: { mdns } }),
        )
        await gateway.running.reload()
      }
      await write("full")
      const full = await street.until((packet) => "cliPath" in textOfPacket(packet))
      expect(textOfPacket(full)).toMatchObject({ cliPath: "/opt/fased", sshPort: "22" })
      await write("off")
      await street.until(tells("PTR", type, false))
      expect(await browse(place, { clock: hastyClock, timeoutMs: 2000 })).toEqual([])
      expect(
        street.heard
          .map(textOfPacket)
          .map((text) => Bun.inspect(text))
          .join(),
      ).not.toContain(testToken)
      const forgotten = await fetch(`${gateway.running.url}healthz`, {
        headers: { host: "kitchen.local" },
      })
      expect(forgotten.status).toBe(421)
    })

    test("FASED_DISABLE_BONJOUR=1 keeps it quiet", async () => {
      const place = await neighbourhood()
      await using street = await listenIn(place)
      await using _gateway = await startGateway({
        env: { FASED_DISABLE_BONJOUR: "1" },
        start: { neighbourhood: place },
      })
      expect(await browse(place, { clock: hastyClock, timeoutMs: 12_000 })).toEqual([])
      expect(street.heard.filter(({ type }) => type === "response")).toEqual([])
    })
  },
)

const settings = {
  mode: "local",
  auth: { mode: "token", token: testToken },
  reload: { debounceMs: 60_000 },
}
