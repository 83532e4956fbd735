import { expect, test } from "bun:test"
import { listenForCallback } from "../../src/cli/sign-in-page.ts"

/** A port that was free a moment ago. */
const freePort = async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() })
  const { port } = server
  await server.stop(true)
  return port
}

test("what does not belong to the sign-in is turned away, and what does ends the wait", async () => {
  const redirectUri = `http://localhost:${await freePort()}/auth/callback`
  const seen: string[] = []
  await using callback = listenForCallback(redirectUri, async (address) => {
    seen.push(address)
    if (!address.includes("state=right")) throw new Error("not this sign-in")
    return "signed in"
  })
  const base = redirectUri.replace("localhost", "127.0.0.1")
  expect((await fetch(base.replace("/auth/callback", "/favicon.ico"))).status).toBe(404)
  expect((await fetch(base, { method: "POST" })).status).toBe(404)
  const guess = await fetch(`${base}?code=x&state=wrong`)
  expect([guess.status, await guess.text()]).toEqual([400, "That did not work: not this sign-in"])
  const good = await fetch(`${base}?code=x&state=right`)
  expect(await good.text()).toContain("You are signed in")
  expect(await callback!.taken).toBe("signed in")
  expect(seen).toEqual([`${redirectUri}?code=x&state=wrong`, `${redirectUri}?code=x&state=right`])
})

test.each(["https://localhost:1455/x", "http://example.com:1455/x", "http://localhost/x"])(
  "nobody listens for %s",
  (redirectUri) => {
    expect(listenForCallback(redirectUri, async () => undefined)).toBeUndefined()
  },
)

test("a port in use is no fault: the address is asked for instead", async () => {
  await using taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() })
  const redirectUri = `http://127.0.0.1:${taken.port}/x`
  expect(listenForCallback(redirectUri, async () => undefined)).toBeUndefined()
})
