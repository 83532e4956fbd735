import { expect, test } from "bun:test"
import { Credentials, takeToken } from "../../src/ui/credentials.ts"
import { memoryVault } from "../../src/ui/vault.ts"

const pageAt = (address: string) => {
  const { hash, pathname, search } = new URL(address, "http://127.0.0.1")
  const shown: string[] = []
  const history = {
    replaceState: (_data: unknown, _unused: string, url?: string | URL | null) =>
      void shown.push(String(url)),
  }
  return { page: { location: { hash, pathname, search }, history }, shown }
}

const tab = () => {
  const values = new Map<string, string>()
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
    clear: () => values.clear(),
  }
}

test("the token comes from the fragment, which is gone at once", () => {
  const { page, shown } = pageAt("/chat?session=a#token=abc")
  expect(takeToken(page)).toBe("abc")
  expect(shown).toEqual(["/chat?session=a"])
})

test.each(["/?token=abc", "/?gatewayUrl=ws://evil.test&token=abc", "/#gatewayUrl=ws://evil.test"])(
  "%s gives this page nothing, and is cleaned",
  (address) => {
    const { page, shown } = pageAt(address)
    expect(takeToken(page)).toBeUndefined()
    expect(shown).toEqual(["/"])
  },
)

test("an address without secrets is left alone", () => {
  const { page, shown } = pageAt("/chat?session=agent%3Amain%3Amain")
  expect(takeToken(page)).toBeUndefined()
  expect(shown).toEqual([])
})

const says = (kind: "signed-in" | "refused" | "unavailable") => {
  const asked: string[] = []
  const exchange = async (token: string) => (asked.push(token), { kind })
  return { asked, exchange }
}

test("a token is exchanged for a session, and then kept nowhere", async () => {
  const [here, { asked, exchange }] = [tab(), says("signed-in")]
  const credentials = new Credentials(memoryVault(), here, exchange)
  expect(await credentials.useToken("shared")).toBe(true)
  expect([asked, here.getItem("fased.token"), await credentials.current()]).toEqual([
    ["shared"],
    null,
    {},
  ])
})

test("a token left in the tab is exchanged when the gateway can give sessions again", async () => {
  const here = tab()
  await new Credentials(memoryVault(), here, says("unavailable").exchange).useToken("shared")
  const { asked, exchange } = says("signed-in")
  const credentials = new Credentials(memoryVault(), here, exchange)
  expect(await credentials.useToken()).toBe(true)
  expect([asked, await credentials.any()]).toEqual([["shared"], false])
  expect(await credentials.useToken()).toBe(true)
  expect(asked).toEqual(["shared"])
})

test("a wrong token is told apart, and what the browser kept still counts", async () => {
  const credentials = new Credentials(memoryVault(), tab(), says("refused").exchange)
  await credentials.keep("device")
  expect(await credentials.useToken("wrong")).toBe(false)
  expect(await credentials.current()).toEqual({ deviceToken: "device" })
})

test("signing out leaves nothing to sign in with", async () => {
  const credentials = new Credentials(memoryVault(), tab(), says("unavailable").exchange)
  await credentials.keep("device")
  await credentials.useToken("shared")
  credentials.usePassword("secret")
  await credentials.forget()
  expect(await credentials.any()).toBe(false)
})

test("what a person gave is offered before what the browser kept", async () => {
  const credentials = new Credentials(memoryVault(), tab(), says("unavailable").exchange)
  expect(await credentials.current()).toEqual({})
  await credentials.keep("device")
  expect(await credentials.current()).toEqual({ deviceToken: "device" })
  await credentials.useToken("shared")
  expect(await credentials.current()).toEqual({ token: "shared" })
  credentials.usePassword("secret")
  expect(await credentials.current()).toEqual({ password: "secret" })
})

test("what the gateway refused is forgotten, and the next thing is tried", async () => {
  const credentials = new Credentials(memoryVault(), tab(), says("unavailable").exchange)
  await credentials.keep("device")
  await credentials.useToken("stale")
  expect(await credentials.drop({ token: "stale" })).toBe(true)
  expect(await credentials.current()).toEqual({ deviceToken: "device" })
  expect(await credentials.drop({ deviceToken: "device" })).toBe(false)
  expect(await credentials.current()).toEqual({})
})
