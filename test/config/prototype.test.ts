/** N079: names with a meaning in JavaScript, anywhere in a patch, a path, a file or an included one. */
import { afterEach, expect, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { createSettings } from "../../src/config/create.ts"
import { compose } from "../../src/config/include.ts"
import { mergeEdits } from "../../src/config/merge-patch.ts"
import { formatPath, type Tree } from "../../src/config/path.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { sections, temporaryFolder } from "./sample.ts"

const special = ["__proto__", "constructor", "prototype"]
const name = fc.constantFrom(...special, "polluted", "toString", "a", "b", "0")

/** JSON text, for only what is parsed has such names as its own. */
const { group } = fc.letrec<{ group: string; value: string }>((tie) => ({
  group: fc
    .uniqueArray(fc.tuple(name, tie("value")), { maxLength: 3, selector: ([key]) => key })
    .map((pairs) => `{${pairs.map(([key, value]) => `"${key}": ${value}`).join(", ")}}`),
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("1", '"x"', "null", "true"),
    fc.array(tie("value"), { maxLength: 2 }).map((items) => `[${items.join(", ")}]`),
    tie("group"),
  ),
}))

const hasSpecial = (text: string) => special.some((key) => text.includes(`"${key}"`))
const names = Object.getOwnPropertyNames(Object.prototype)
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names)
  expect(({} as Tree).polluted).toBeUndefined()
  expect(([] as unknown as Tree).polluted).toBeUndefined()
  expect((() => {}) as unknown as Tree).not.toHaveProperty("polluted")
})

const before = "{ agents: { extra: { a: { b: [1, { b: 2 }] }, polluted: { a: 1 } } } }"
const opened = async (folder: string) => {
  const config = join(folder, "fased.json")
  writeFileSync(config, before)
  return {
    settings: await createSettings({
      paths: { config, state: folder },
      env: {},
      sections,
      fetchSecrets,
    }),
    text: () => readFileSync(config, "utf8"),
  }
}

/** Refused as what it is, or written without any such name. */
const judged = async (work: Promise<unknown>, text: () => string) => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^config\./) })
    expect(text()).toBe(before)
  }
  expect(special.filter((key) => text().includes(key))).toEqual([])
}

test("a patch brings none of them in, at whatever depth and beside whatever is there", async () => {
  using folder = temporaryFolder()
  await fc.assert(
    fc.asyncProperty(group, fc.boolean(), async (patch, isDeep) => {
      const { settings, text } = await opened(folder.path)
      const parsed = JSON.parse(isDeep ? `{"agents": {"extra": ${patch}}}` : patch) as Tree
      await judged(
        settings.change((now) => mergeEdits(parsed, now)),
        text,
      )
    }),
    { numRuns: 150 },
  )
})

test("no path sets or removes one, and no value that is set holds one", async () => {
  using folder = temporaryFolder()
  const path = fc.array(fc.oneof(name, fc.nat(2)), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(path, group, fc.boolean(), async (steps, value, isGone) => {
      const { settings, text } = await opened(folder.path)
      const full = ["agents", "extra", ...steps]
      const edit = isGone ? { path: full } : { path: full, value: JSON.parse(value) as unknown }
      await judged(settings.change([edit]), text)
      if (!steps.some((step) => special.includes(String(step)))) return
      await expect(settings.set(formatPath(full), 1)).rejects.toMatchObject({
        code: "config.bad-path",
      })
    }),
    { numRuns: 150 },
  )
})

test("a file that is sent whole is refused for one, wherever it is", async () => {
  using folder = temporaryFolder()
  await fc.assert(
    fc.asyncProperty(group.filter(hasSpecial), async (evil) => {
      const { settings, text } = await opened(folder.path)
      for (const whole of [evil, `{"agents": {"extra": ${evil}}}`])
        await expect(settings.replace(whole)).rejects.toMatchObject({ status: 422 })
      expect(text()).toBe(before)
    }),
    { numRuns: 100 },
  )
})

test("an included file brings none of them in, alone or merged with others", () => {
  using folder = temporaryFolder()
  fc.assert(
    fc.property(group, group, (one, two) => {
      writeFileSync(join(folder.path, "one.json"), one)
      writeFileSync(join(folder.path, "two.json"), two)
      const source = { here: { $include: ["one.json", "two.json"], a: { a: 1 } } }
      const { value, issues } = compose(source, join(folder.path, "fased.json"))
      expect(special.filter((key) => JSON.stringify(value).includes(`"${key}"`))).toEqual([])
      if (hasSpecial(one) || hasSpecial(two)) expect(issues.length).toBeGreaterThan(0)
    }),
    { numRuns: 300 },
  )
})
