import { expect, test } from "bun:test"
import { join } from "node:path"
import { decodeQR } from "qr/decode.js"
import { commandLine } from "../support/command-line.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { asks, knock, letIn, scopesOf } from "../support/knock.ts"
import { rawDevice } from "../support/raw-device.ts"
import { refusalOf } from "../support/raw-socket.ts"

/** A gateway, and a command line in the same home that finds it. */
const setting = async () => {
  const line = commandLine()
  const gateway = await startGateway({ home: line.home, config: {} })
  return {
    gateway,
    line,
    fased: (...args: string[]) => line.fased(args),
    /** The same at a terminal, where a person types `keys`. */
    async atTerminal(keys: string, ...args: string[]) {
      let seen = ""
      const child = Bun.spawn(
        [process.execPath, join(import.meta.dir, "../../src/main.ts"), ...args],
        {
          cwd: line.home,
          env: { PATH: process.env.PATH ?? "", HOME: line.home, TERM: "dumb" },
          terminal: {
            cols: 200,
            rows: 40,
            data(terminal, bytes) {
              const before = seen
              seen += Buffer.from(bytes).toString()
              if (!before.includes("[y/N]") && seen.includes("[y/N]")) terminal.write(keys)
            },
          },
        },
      )
      return { code: await child.exited, seen }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      line[Symbol.dispose]()
    },
  }
}

test("the command a waiting page shows lets it in", async () => {
  await using at = await setting()
  const page = rawDevice()
  const wish = { scopes: scopesOf("read", "admin"), platform: "web" }
  await using waiting = await knock(at.gateway, page, wish)
  expect(await refusalOf(waiting)).toBe("NOT_PAIRED PAIRING_REQUIRED 1008")
  const { requestId } = waiting.answer!.error.details as { requestId: string }

  const listed = await at.fased("devices", "list")
  for (const part of [requestId, "operator: read, admin", "test on web", page.id.slice(0, 12)])
    expect(listed.out).toContain(part)

  const { code, out } = await at.fased("devices", "approve", requestId)
  expect(code).toBe(0)
  expect(out).toContain("approved test on web")
  expect(out).toContain("as operator: read, admin")
  await using again = await knock(at.gateway, page, wish)
  expect(again.answer?.payload.auth.scopes).toEqual(wish.scopes)
  expect((await at.fased("devices")).out).toContain("Paired devices")
})

test("without a terminal nothing is approved that was not named", async () => {
  await using at = await setting()
  const [older, newest] = [rawDevice(), rawDevice()]
  await asks(at.gateway, older)
  await asks(at.gateway, newest)
  const bare = await at.fased("devices", "approve")
  expect(bare.code).toBe(2)
  expect(bare.err).toContain("--latest")
  expect(JSON.parse((await at.fased("devices", "--json")).out).pending).toHaveLength(2)

  const latest = await at.fased("devices", "approve", "--latest", "--json")
  expect(JSON.parse(latest.out)).toMatchObject({ device: { deviceId: newest.id } })
  expect((await at.fased("devices", "approve", "x", "--latest")).code).toBe(2)
  await at.fased("devices", "approve", "--latest")
  const none = await at.fased("devices", "approve", "--latest")
  expect(none.code).toBe(1)
  expect(none.err).toContain("No device is waiting")
})

test.each([
  ["y\r", 0, "approved"],
  ["n\r", 1, "Nothing was changed."],
])("at a terminal what would be approved is shown first: %j", async (keys, code, said) => {
  await using at = await setting()
  await asks(at.gateway, rawDevice(), { scopes: scopesOf("admin"), platform: "web" })
  const done = await at.atTerminal(keys, "devices", "approve")
  expect(done.code).toBe(code)
  expect(done.seen.indexOf("operator: admin")).toBeLessThan(done.seen.indexOf("[y/N]"))
  expect(done.seen).toContain(said)
  const { pending } = JSON.parse((await at.fased("devices", "--json")).out)
  expect(pending).toHaveLength(code)
})

test("a name that a device gave itself cannot act on the terminal", async () => {
  await using at = await setting()
  await asks(at.gateway, rawDevice(), { platform: "\u001b[2Jweb\u202e" })
  const { out } = await at.fased("devices")
  expect(out).toContain("\\x1b[2jweb\\u202e")
})

test("reject, and what comes of an id that is none", async () => {
  await using at = await setting()
  const requestId = await asks(at.gateway, rawDevice())
  expect(await at.fased("devices", "reject", requestId)).toMatchObject({ code: 0 })
  for (const verb of ["reject", "approve"]) {
    const { code, err } = await at.fased("devices", verb, requestId)
    expect(code).toBe(1)
    expect(err).toContain(`No pairing request ${requestId} waits`)
    expect(err).toContain("fased devices list")
  }
})

test("a paired device is named by the start of its id; remove and revoke end its connection", async () => {
  await using at = await setting()
  const device = rawDevice()
  await letIn(at.gateway, device)
  await using first = await knock(at.gateway, device)
  expect(await at.fased("devices", "revoke", "--device", device.id.slice(0, 10))).toMatchObject({
    code: 0,
    out: `revoked the operator token of ${device.id.slice(0, 12)}\n`,
  })
  expect((await first.closed).code).toBe(1008)
  expect((await at.fased("devices")).out).toContain("revoked")
  await using second = await knock(at.gateway, device)
  expect((await at.fased("devices", "remove", device.id)).code).toBe(0)
  expect((await second.closed).reason).toBe("device removed")
  const gone = await at.fased("devices", "remove", device.id)
  expect(gone.code).toBe(1)
  expect(gone.err).toContain("No paired device")
})

test("an id's start that fits two devices removes neither", async () => {
  await using at = await setting()
  for (const device of [rawDevice(), rawDevice()]) await letIn(at.gateway, device)
  const { code, err } = await at.fased("devices", "remove", "")
  expect(code).toBe(1)
  expect(err).toContain("2 paired devices")
  expect(JSON.parse((await at.fased("devices", "--json")).out).paired).toHaveLength(2)
})

test("rotate prints the new token as JSON, which signs in; scopes come at once or in pieces", async () => {
  await using at = await setting()
  const device = rawDevice()
  await letIn(at.gateway, device, { scopes: scopesOf("read", "write", "approvals") })
  const rotate = async (...more: string[]) =>
    JSON.parse((await at.fased("devices", "rotate", "--device", device.id, ...more)).out)
  expect((await rotate("--scope", "read,write")).scopes).toEqual(scopesOf("read", "write"))
  const pieces = await rotate("--scope", "read", "--scope", "operator.write", "--role", "operator")
  expect(pieces).toMatchObject({ role: "operator", scopes: scopesOf("read", "write") })
  await using socket = await knock(at.gateway, device, { auth: { deviceToken: pieces.token } })
  expect(socket.answer?.ok).toBe(true)
  const wider = await at.fased("devices", "rotate", "--device", device.id, "--scope", "admin")
  expect(wider.code).toBe(1)
  expect(wider.err).toContain("never approved for operator.admin")
})

test("clear does nothing without --yes, and then removes every device, and requests if asked", async () => {
  await using at = await setting()
  await letIn(at.gateway, rawDevice())
  await asks(at.gateway, rawDevice())
  const refused = await at.fased("devices", "clear")
  expect(refused.code).toBe(2)
  expect(refused.err).toContain("devices clear --yes")
  const counts = async () => {
    const { pending, paired } = JSON.parse((await at.fased("devices", "--json")).out)
    return [pending.length, paired.length]
  }
  expect(await counts()).toEqual([1, 1])
  expect((await at.fased("devices", "clear", "--yes")).out).toBe("1 device removed.\n")
  expect(await counts()).toEqual([1, 0])
  expect(
    JSON.parse((await at.fased("devices", "clear", "--yes", "--pending", "--json")).out),
  ).toEqual({ removed: [], rejected: [expect.any(String)] })
  expect(await counts()).toEqual([0, 0])
})

const publicUrl = ["--public-url", "https://gateway.example.com"]

test("qr prints a code that lets a phone in, and never the gateway's token", async () => {
  await using at = await setting()
  const { code, out, err } = await at.fased("qr", ...publicUrl, "--scope", "read", "--json")
  expect(code).toBe(0)
  const setup = JSON.parse(out)
  expect(setup).toMatchObject({
    gatewayUrl: "wss://gateway.example.com",
    urlSource: "--public-url",
    auth: "bootstrap-token",
    scopes: scopesOf("read"),
  })
  const { bootstrapToken } = JSON.parse(Buffer.from(setup.setupCode, "base64url").toString())
  await using phone = await knock(at.gateway, rawDevice(), { auth: { bootstrapToken } })
  expect(phone.answer?.payload.auth.scopes).toEqual(scopesOf("read"))

  const only = await at.fased("qr", ...publicUrl, "--setup-code-only")
  const decoded = Buffer.from(only.out.trim(), "base64url").toString()
  expect(JSON.parse(decoded)).toEqual({
    url: "wss://gateway.example.com",
    bootstrapToken: expect.any(String),
  })
  expect(out + err + decoded).not.toContain(testToken)
})

test("the picture says what the text says", async () => {
  await using at = await setting()
  const { out } = await at.fased("qr", ...publicUrl)
  const text = /paste the setup code there:\n {2}(\S+)/.exec(out)![1]!
  expect(decodeQR(pixels(out))).toBe(text)
  const plain = await at.fased("qr", ...publicUrl, "--no-ascii")
  expect(plain.out).not.toMatch(/[█▀▄]/)
  expect(plain.out).toContain("Setup code:")
})

test("qr says what is missing", async () => {
  await using at = await setting()
  const closed = await at.fased("qr")
  expect(closed.code).toBe(1)
  expect(closed.err).toContain("--public-url")
  const remote = await at.fased("qr", "--remote")
  expect(remote.code).toBe(2)
  expect(remote.err).toContain("gateway.remote.url")
  const both = await at.fased("qr", "--token", "a", "--password", "b")
  expect(both.code).toBe(2)
})

/** Half-block characters as an image, four pixels a module: light where the terminal is lit. */
const pixels = (text: string) => {
  const scale = 4
  const lit = (line: string, half: string) => [...line].map((char) => char === "█" || char === half)
  const rows = text
    .split("\n")
    .filter((line) => /^[█▀▄ ]+$/.test(line))
    .flatMap((line) => [lit(line, "▀"), lit(line, "▄")])
  const width = rows[0]!.length * scale
  const height = rows.length * scale
  const data = new Uint8Array(width * height * 4)
  for (let at = 0; at < width * height; at++) {
    const light = rows[Math.floor(at / width / scale)]![Math.floor((at % width) / scale)]
    data.set(light ? [255, 255, 255, 255] : [0, 0, 0, 255], at * 4)
  }
  return { width, height, data }
}
