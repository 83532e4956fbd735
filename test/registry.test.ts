import { expect, test } from "bun:test"
import { z } from "zod"
import { sectionSchema } from "../src/config/schema.ts"
import * as registry from "../src/registry.ts"
import { fieldsOf } from "../build/reference/fields.ts"
import { readSources } from "./support/source-tree.ts"

const { channels, checks, events, methods, sections, tools } = registry

const repeated = (names: string[]) => names.filter((name, at) => names.indexOf(name) !== at)
/** As the dispatcher does: a property the method does not know is refused. */
const closed = (params: z.ZodType) => (params instanceof z.ZodObject ? params.strict() : params)
const isSentence = (text: string) => /^\S.*[.!?)]$/s.test(text.trim())

test("every name is declared once", () => {
  for (const list of [methods, events, tools]) {
    expect(repeated(list.map(({ name }) => name))).toEqual([])
  }
  for (const list of [sections, checks, channels]) {
    expect(repeated(list.map(({ id }) => id))).toEqual([])
  }
})

test("every method's example is a call it would accept", () => {
  const refused = methods.flatMap(({ name, params, example }) => {
    const parsed = closed(params).safeParse(example)
    return parsed.success ? [] : [`${name}: ${parsed.error.message}`]
  })
  expect(refused).toEqual([])
})

test("every method's parameters can be closed, so that a misspelt one is refused", () => {
  const open = methods.filter(
    ({ params, example }) => closed(params).safeParse({ ...example, notAParameter: 1 }).success,
  )
  expect(open.map(({ name }) => name)).toEqual([])
})

test("methods and events say what they are for in a sentence", () => {
  const mute = [...methods, ...events].filter(({ summary }) => !isSentence(summary))
  expect(mute.map(({ name }) => name)).toEqual([])
})

test("events a method announces exist", () => {
  const known = new Set(events.map(({ name }) => name))
  const promised = methods.flatMap(({ name, emits = [] }) =>
    emits.filter((event) => !known.has(event)).map((event) => `${name} → ${event}`),
  )
  expect(promised).toEqual([])
})

test("every setting has a description, and every section a summary", () => {
  const mute = sections.flatMap((section) => {
    const root = sectionSchema(section)
    const fields = fieldsOf({ root, node: root }, section.id)
    return [
      ...(isSentence(section.summary) ? [] : [section.id]),
      ...fields.filter(({ schema }) => !schema.description).map(({ path }) => path),
    ]
  })
  expect(mute).toEqual([])
})

test("an empty config file is a working one", () => {
  const demanding = sections.filter(
    ({ schema }) => !schema.safeParse(schema instanceof z.ZodArray ? [] : {}).success,
  )
  expect(demanding.map(({ id }) => id)).toEqual([])
})

test("tools describe themselves and each of their parameters", () => {
  const mute = tools.filter(({ label, description }) => !label || !isSentence(description))
  expect(mute.map(({ name }) => name)).toEqual([])
})

test("a check's first word is a folder, or the section it speaks of", async () => {
  const words = new Set([
    ...(await readSources("src")).map(({ path }) => path.split("/")[1]!),
    ...sections.map(({ id }) => id),
  ])
  const homeless = checks.filter(({ id }) => {
    const [word, what, ...more] = id.split(".")
    return !words.has(word!) || !/^[a-z][a-z0-9-]*$/.test(what ?? "") || more.length > 0
  })
  expect(homeless.map(({ id }) => id)).toEqual([])
})

test("every check that another waits for is listed too", () => {
  const listed = new Set(checks.map(({ id }) => id))
  const missing = checks.flatMap(({ id, after = [] }) =>
    after.filter((ground) => !listed.has(ground.id)).map((ground) => `${id} → ${ground.id}`),
  )
  expect(missing).toEqual([])
})
