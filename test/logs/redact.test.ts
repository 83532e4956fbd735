import { expect, test } from "bun:test"
import { isSecretName, maskSecret } from "../../src/kernel/secret.ts"
import { logging } from "../../src/logs/config.ts"
import { createRedactor, maskIn } from "../../src/logs/redact.ts"

const redactor = createRedactor({ redactSensitive: "tools" })
const long = "abcdefghijklmnopqrstuvwxyz"

test.each([
  [`OPENAI_API_KEY=${long}`, "OPENAI_API_KEY=abcdef…wxyz"],
  [`password: ${long}`, "password: abcdef…wxyz"],
  ["password=hunter2 and more", "password=*** and more"],
  [`--token ${long} --api-key=short --tokens 5`, "--token abcdef…wxyz --api-key=*** --tokens 5"],
  [
    `{"token": "short", "botToken":"${long}", "n": 1}`,
    '{"token": "***", "botToken":"abcdef…wxyz", "n": 1}',
  ],
  [JSON.stringify({ body: `{"apiKey":"${long}"}` }), '{"body":"{\\"apiKey\\":\\"abcdef…wxyz\\"}"}'],
  [`Authorization: Bearer ${long}`, "Authorization: Bearer abcdef…wxyz"],
  [`authorization: ${long}`, "authorization: abcdef…wxyz"],
  ["Cookie: session=1; other=2", "Cookie: ***"],
  [`GET /?token=${long}&x=1`, "GET /?token=abcdef…wxyz&x=1"],
  [`http://127.0.0.1:1/#token=${long}`, "http://127.0.0.1:1/#token=abcdef…wxyz"],
  ["postgres://user:pass@host/db", "postgres://user:***@host/db"],
  [
    "https://api.telegram.org/bot1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe",
    "https://api.telegram.org/bot123456…Dsaw/getMe",
  ],
  [`key sk-ant-${long} ghp_${long}`, "key sk-ant…wxyz ghp_ab…wxyz"],
  [`xoxb-1234567890-${long}`, "xoxb-1…wxyz"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh", "eyJhbG…efgh"],
  [
    `-----BEGIN RSA PRIVATE KEY-----\nMIIE\n${long}\n-----END RSA PRIVATE KEY-----\nafter`,
    "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nafter",
  ],
])("%p is written as %p", (text, expected) => {
  expect(redactor.text(text)).toBe(expected)
  expect(maskIn(expected)).toBe(expected)
})

test.each([
  "turn finished in 5 ms for session agent:main:telegram:42",
  "maxTokens: 4096, tokens=17, key=telegram:42",
  "2026-01-31T12:00:00.000Z at https://example.org/path?x=1",
  "a secret is safe here, and passwords are fun",
])("%p holds no secret and stays as it is", (text) => {
  expect(redactor.text(text)).toBe(text)
})

test("fields named like a secret are masked, those that only sound like one are not", () => {
  expect(
    redactor.fields({
      token: long,
      nested: [{ "x-api-key": "short", password: "" }],
      tokens: 5,
      maxTokens: "5",
      tokenFile: "/a",
    }),
  ).toEqual({
    token: "abcdef…wxyz",
    nested: [{ "x-api-key": "***", password: "" }],
    tokens: 5,
    maxTokens: "5",
    tokenFile: "/a",
  })
  for (const name of [
    "token",
    "botToken",
    "OPENAI_API_KEY",
    "X-Api-Key",
    "clientSecret",
    "privateKey",
    "Authorization",
  ])
    expect(isSecretName(name)).toBe(true)
  for (const name of [
    "key",
    "sessionKey",
    "tokens",
    "maxTokens",
    "tokenFile",
    "passwordless",
    "secretary",
  ])
    expect(isSecretName(name)).toBe(false)
})

test("a short secret shows nothing, a long one its ends, and masking twice changes nothing", () => {
  expect(maskSecret("x".repeat(17))).toBe("***")
  expect(maskSecret(long)).toBe("abcdef…wxyz")
  expect(maskSecret(maskSecret(long))).toBe("abcdef…wxyz")
})

test("own patterns replace the built-in ones, and off masks nothing", () => {
  const own = createRedactor({
    redactSensitive: "tools",
    redactPatterns: ["internal-(\\d+)", "/SECRET-[a-z]+/"],
  })
  expect(own.text(`INTERNAL-12345 SECRET-abc secret-abc token=${long}`)).toBe(
    `INTERNAL-*** *** secret-abc token=${long}`,
  )
  const off = createRedactor({ redactSensitive: "off" })
  expect(off.fields({ token: long, text: `token=${long}\x1b[31m` })).toEqual({
    token: long,
    text: `token=${long}`,
  })
  expect(logging.schema.safeParse({ redactPatterns: ["(unclosed"] }).success).toBe(false)
})

test("hostile text does not hold up the log", () => {
  const started = process.cpuUsage()
  for (const text of [
    "a-",
    "token",
    "api_key ",
    "x_",
    "ab://",
    "eyJ.",
    "-----BEGIN PRIVATE KEY-----",
    "1:",
  ])
    redactor.text(text.repeat(50_000))
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_000)
})
