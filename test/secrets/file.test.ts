import { expect, test } from "bun:test"
import { chmodSync, chownSync, mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { only, vault } from "./sample.ts"

const inFile = (path: string, more = {}) => ({
  providers: { box: { source: "file" as const, path, ...more } },
})
const path = "models.providers.x.apiKey"

test.each([
  ["/github/token", "deep"],
  ["/a~1b", "slash"],
  ["/m~0n", "tilde"],
  ["/~01", "tilde one"],
  ["/list/1", "second"],
  ["/", "nameless"],
])("%s points at what RFC 6901 says", async (id, value) => {
  using here = vault()
  const file = here.file(
    "box.json",
    JSON.stringify({
      github: { token: "deep" },
      "a/b": "slash",
      "m~n": "tilde",
      "~1": "tilde one",
      list: ["first", "second"],
      "": "nameless",
    }),
  )
  const { secrets, failures } = await here.resolve(only("file", id, "box"), inFile(file))
  expect(failures).toEqual([])
  expect(secrets).toEqual({ [path]: value })
})

test.each([
  ["/missing", "has nothing at /missing"],
  ["/list/2", "has nothing at"],
  ["/list/01", "has nothing at"],
  ["/list/length", "has nothing at"],
  ["/constructor", "has nothing at"],
  ["/text/0", "has nothing at"],
  ["/number", "something other than text"],
  ["/list", "something other than text"],
  ["/nothing", "something other than text"],
  ["/blank", "it is empty"],
  ["value", "the id must be a pointer"],
])("%s is no secret", async (id, reason) => {
  using here = vault()
  const content = { list: ["a", "b"], text: "abc", number: 7, nothing: null, blank: "  " }
  const file = here.file("box.json", JSON.stringify(content))
  const { failures } = await here.resolve(only("file", id, "box"), inFile(file))
  expect(failures[0]?.reason).toContain(reason)
})

test("without a provider in the config, secrets.json of the state folder is read", async () => {
  using here = vault()
  here.file("secrets.json", `{"key":"sesame"}`)
  expect((await here.resolve(only("file", "/key"))).secrets).toEqual({ [path]: "sesame" })
})

test("a file that is one secret loses the line break at its end and nothing else", async () => {
  using here = vault()
  here.file("token", " sesame \n")
  const settings = inFile("~/token", { mode: "singleValue" })
  expect((await here.resolve(only("file", "value", "box"), settings)).secrets).toEqual({
    [path]: " sesame ",
  })
  const { failures } = await here.resolve(only("file", "/value", "box"), settings)
  expect(failures[0]?.reason).toContain('the id must be "value"')
})

/** Whatever the umask. */
const withMode = (file: string, mode: number) => (chmodSync(file, mode), file)

const hostile: [string, (here: ReturnType<typeof vault>) => string, string][] = [
  ["missing", ({ folder }) => join(folder, "none"), "there is no file"],
  [
    "readable by its group",
    (here) => withMode(here.file("f", "{}"), 0o640),
    "open to other users (mode 640)",
  ],
  [
    "readable by all",
    (here) => withMode(here.file("f", "{}"), 0o604),
    "open to other users (mode 604)",
  ],
  ["writable by its group", (here) => withMode(here.file("f", "{}"), 0o620), "open to other users"],
  ["a folder", (here) => (mkdirSync(join(here.folder, "d")), join(here.folder, "d")), "not a file"],
  ["a device", () => "/dev/zero", "not a file"],
  [
    "a pipe that nobody writes to",
    ({ folder }) => {
      Bun.spawnSync(["mkfifo", "-m", "600", join(folder, "pipe")])
      return join(folder, "pipe")
    },
    "not a file",
  ],
  [
    "a link",
    (here) => {
      symlinkSync(here.file("real", `{"key":"sesame"}`), join(here.folder, "link"))
      return join(here.folder, "link")
    },
    "is a link",
  ],
  [
    "longer than a megabyte",
    (here) => here.file("f", `{"key":"${"s".repeat(1_048_576)}"}`),
    "is longer than 1048576 bytes",
  ],
  ["not JSON", (here) => here.file("f", `{"key": sesame}`), "is not valid JSON"],
  ["empty", (here) => here.file("f", ""), "is not valid JSON"],
  [
    "not UTF-8",
    (here) => {
      const file = here.file("f", "")
      Bun.spawnSync(["sh", "-c", `printf '"\\377"' > '${file}'`])
      return file
    },
    "is not text in UTF-8",
  ],
]
for (const [what, make, reason] of hostile)
  test(`a file that is ${what} gives no secret`, async () => {
    using here = vault()
    const file = make(here)
    const { secrets, failures } = await here.resolve(only("file", "/key", "box"), inFile(file))
    expect(secrets).toEqual({})
    expect(failures[0]?.reason).toContain(reason)
    expect(JSON.stringify(failures)).not.toContain("sesame")
  })

test.skipIf(process.getuid?.() !== 0)(
  "a file of another user gives no secret (needs root to make one)",
  async () => {
    using here = vault()
    const file = here.file("f", `{"key":"sesame"}`)
    chownSync(file, 4_242, 4_242)
    const { failures } = await here.resolve(only("file", "/key", "box"), inFile(file))
    expect(failures[0]?.reason).toContain("belongs to another user (uid 4242)")
  },
)

test("one file gives five hundred secrets", async () => {
  using here = vault()
  const names = Array.from({ length: 500 }, (_, at) => `key${at}`)
  const file = here.file("box.json", JSON.stringify(Object.fromEntries(names.map((n) => [n, n]))))
  const refs = Object.fromEntries(
    names.map((name) => [
      `models.providers.${name}.apiKey`,
      { source: "file" as const, provider: "box", id: `/${name}` },
    ]),
  )
  const { secrets } = await here.resolve(refs, inFile(file))
  expect(Object.keys(secrets)).toHaveLength(500)
})
