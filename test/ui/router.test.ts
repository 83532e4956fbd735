import { expect, test } from "bun:test"
import { hrefOf, placeOf } from "../../src/ui/router.ts"
import { pageAt, pages } from "../../src/ui/routes.ts"

const place = (address: string, base = "/") => {
  const { pathname, search } = new URL(address, "http://gateway")
  return placeOf({ pathname, search }, base)
}

test("an address names a page, what is open in it, and what it was asked", () => {
  expect(place("/")).toMatchObject({ page: "", rest: [] })
  expect(place("/overview")).toMatchObject({ page: "overview", rest: [] })
  expect(place("/agents/main/models/")).toMatchObject({ page: "agents", rest: ["main", "models"] })
  expect(place("/?session=agent%3Amain%3Amain").query.get("session")).toBe("agent:main:main")
  expect(place("/sessions/agent%3Amain")).toMatchObject({ rest: ["agent:main"] })
})

test("the base path is no part of it", () => {
  expect(place("/over/there/devices", "/over/there/")).toMatchObject({ page: "devices" })
  expect(place("/elsewhere/devices", "/over/there/")).toMatchObject({ page: "" })
  expect(hrefOf("devices", "/over/there/")).toBe("/over/there/devices")
  expect(hrefOf("?session=a", "/over/there/")).toBe("/over/there/?session=a")
})

test("a broken escape in an address is taken as it is", () => {
  expect(place("/%E0%A4%A")).toMatchObject({ page: "%E0%A4%A" })
})

test("every page has an address of its own, and older addresses lead to theirs", () => {
  const taken = pages.flatMap(({ path, also = [] }) => [path, ...also])
  expect(new Set(taken).size).toBe(taken.length)
  expect(pageAt("dash")).toBe(pageAt("overview")!)
  expect(pageAt("chat")).toBe(pageAt("")!)
  expect(pageAt("nothing")).toBeUndefined()
})
