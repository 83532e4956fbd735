import { createHmac } from "node:crypto"
import { expect, test } from "bun:test"
import type { Proof } from "../../src/webhooks/config.ts"
import { verify } from "../../src/webhooks/signature.ts"

const body = Buffer.from('{"hello":"wörld"}')
const nowMs = 1_700_000_000_000
const at = String(nowMs / 1000)
const hmac = (secret: string, text: string | Buffer, encoding: "hex" | "base64" = "hex") =>
  createHmac("sha256", secret).update(text).digest(encoding)

/** Signed as each platform's documentation says. */
const signed: [string, Proof, Record<string, string>][] = [
  [
    "github",
    { scheme: "github", secret: "s" },
    { "X-Hub-Signature-256": `sha256=${hmac("s", body)}` },
  ],
  [
    "slack",
    { scheme: "slack", secret: "s" },
    { "X-Slack-Request-Timestamp": at, "X-Slack-Signature": `v0=${hmac("s", `v0:${at}:${body}`)}` },
  ],
  [
    "stripe",
    { scheme: "stripe", secret: "s" },
    { "Stripe-Signature": `t=${at},v0=x,v1=${"0".repeat(64)},v1=${hmac("s", `${at}.${body}`)}` },
  ],
  [
    "hmac",
    { scheme: "hmac", secret: "s", header: "X-My", encoding: "base64", prefix: "a=" },
    { "X-My": `a=${hmac("s", body, "base64")}` },
  ],
]

test.each(signed)("%s: its own signature counts, and nothing like it", (_, proof, given) => {
  const check = (headers: Record<string, string>, more: object = {}) =>
    verify(proof, { headers: new Headers(headers), body, nowMs, ...more })
  expect(check(given)).toBeString()
  expect(check({})).toBeNull()
  expect(check(given, { body: Buffer.concat([body, Buffer.from(" ")]) })).toBeNull()
  expect(verify({ ...proof, secret: "t" }, { headers: new Headers(given), body, nowMs })).toBeNull()
  for (const [name, value] of Object.entries(given))
    for (const other of [
      "",
      value.slice(0, -1),
      `${value}0`,
      value.toUpperCase(),
      "sha256=",
      "v0=",
    ])
      if (other !== value) expect(check({ ...given, [name]: other })).toBeNull()
})

test.each(signed.filter(([name]) => name === "slack" || name === "stripe"))(
  "%s: a signature is good for five minutes either way",
  (_, proof, given) => {
    const check = (ms: number) =>
      verify(proof, { headers: new Headers(given), body, nowMs: nowMs + ms }) !== null
    expect([-301_000, -299_000, 0, 299_000, 301_000].map(check)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
  },
)
