import { expect, test } from "bun:test"
import { troubleOf } from "../../src/ui/trouble.ts"
import type { Ending } from "../../src/ui/trouble.ts"

const origin = "https://gateway.example.ts.net"
const refusedWith = (code: string, more: object = {}): Ending => ({
  code: 1008,
  reason: "unauthorized",
  wasOpen: false,
  error: { code: "INVALID_REQUEST", message: "unauthorized", details: { code, ...more } },
})
const closedWith = (rest: Partial<Ending>): Ending => ({
  code: 1006,
  reason: "",
  wasOpen: false,
  ...rest,
})

test.each([
  ["AUTH_TOKEN_MISSING", "token", "fased dashboard"],
  ["AUTH_TOKEN_MISMATCH", "token", "fased dashboard"],
  ["AUTH_DEVICE_TOKEN_MISMATCH", "token", "fased dashboard"],
  ["AUTH_PASSWORD_MISSING", "password", undefined],
  ["AUTH_PASSWORD_MISMATCH", "password", undefined],
  ["AUTH_TOKEN_NOT_CONFIGURED", "person", "fased doctor --fix"],
  ["DEVICE_IDENTITY_REQUIRED", "person", "ssh -N -L 18789:127.0.0.1:18789 user@gateway-host"],
] as const)("%s is met with %s and %s", (code, remedy, command) => {
  const trouble = troubleOf(refusedWith(code), origin)
  expect([trouble.remedy, trouble.command]).toEqual([remedy, command])
})

test("an unpaired browser shows the exact command that approves it, and waits for it", () => {
  const trouble = troubleOf(refusedWith("PAIRING_REQUIRED", { requestId: "req-7" }), origin)
  expect(trouble).toMatchObject({ command: "fased devices approve req-7", remedy: "retry" })
})

test("a browser that was turned away says so, and asks no more by itself", () => {
  const trouble = troubleOf(refusedWith("PAIRING_REQUIRED", { decision: "rejected" }), origin)
  expect(trouble).toMatchObject({ title: "This browser was turned away", remedy: "person" })
})

test("a refused origin shows the setting that allows it", () => {
  const { command } = troubleOf(refusedWith("CONTROL_UI_ORIGIN_NOT_ALLOWED"), origin)
  expect(command).toBe(`fased config set gateway.controlUi.allowedOrigins '["${origin}"]'`)
})

test("a lockout is waited out for as long as the gateway says", () => {
  const ending = refusedWith("AUTH_RATE_LIMITED")
  ending.error!.retryAfterMs = 90_000
  expect(troubleOf(ending, origin)).toMatchObject({ remedy: "retry", retryAfterMs: 90_000 })
})

test("a refusal this page has no words for passes on the gateway's own", () => {
  const error = {
    code: "INVALID_REQUEST",
    message: "device signature expired",
    details: { code: "DEVICE_AUTH_SIGNATURE_EXPIRED", hint: "Check this machine's clock." },
  }
  const { text, remedy } = troubleOf(closedWith({ code: 1008, error }), origin)
  expect(text).toBe("Device signature expired. Check this machine's clock.")
  expect(remedy).toBe("person")
})

test("a refusal without any details is still a sentence", () => {
  const error = { code: "UNAVAILABLE", message: "internal error" }
  expect(troubleOf(closedWith({ error }), origin)).toMatchObject({ text: "Internal error." })
})

test("restarting, stopped, lost and silent gateways are told apart", () => {
  const titles = [
    closedWith({ code: 1012, wasOpen: true, stopping: true, restartExpectedMs: 4000 }),
    closedWith({ code: 1012, wasOpen: true, stopping: true }),
    closedWith({ wasOpen: true }),
    closedWith({}),
  ].map((ending) => troubleOf(ending, origin).title)
  expect(titles).toEqual([
    "The gateway is restarting",
    "The gateway was stopped",
    "The connection was lost",
    "The gateway is not answering",
  ])
})
