import { expect, test } from "bun:test"
import { events } from "../../src/registry/events.ts"
import { methods } from "../../src/registry/methods.ts"
import { readSources } from "../support/source-tree.ts"

const sources = await readSources("src/ui")
const isListing = (path: string) => /^src\/ui\/(?:\w+-)?methods\.ts$/.test(path)
const listing = sources
  .filter(({ path }) => isListing(path))
  .map(({ text }) => text)
  .join("\n")

/** The names in the interfaces that end in `title`, of `methods.ts` and its parts. */
const namesIn = (title: string) =>
  [
    ...listing.matchAll(new RegExp(`interface \\w*${title}(?: extends \\w+)? \\{([^}]*)\\}`, "g")),
  ].flatMap(([, body]) =>
    Array.from(body!.matchAll(/^ {2}"?([\w.-]+)"?: typeof/gm), ([, name]) => name!),
  )

test("every method the pages call is one the gateway has", () => {
  const known = new Set(methods.map(({ name }) => name))
  const called = namesIn("Methods")
  expect(called.length).toBeGreaterThan(20)
  expect(called.filter((name) => !known.has(name))).toEqual([])
})

test("every event the pages listen to is one the gateway sends", () => {
  const known = new Set(events.map(({ name }) => name))
  const heard = namesIn("Events")
  expect(heard.length).toBeGreaterThan(8)
  expect(heard.filter((name) => !known.has(name))).toEqual([])
})

test("no method is listed that no page calls", () => {
  const code = sources.filter(({ path }) => !isListing(path)).map(({ text }) => text)
  const unused = namesIn("Methods").filter(
    (name) => !code.some((text) => text.includes(`"${name}"`)),
  )
  expect(unused).toEqual([])
})
