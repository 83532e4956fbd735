import { expect, test } from "bun:test"
import { suggest } from "../../src/config/validate.ts"
import { sections } from "../../src/registry/sections.ts"

const about = (key: string) => suggest(["hooks", "mappings", 0, key], ["match", "action"], sections)

test("a setting that stands elsewhere is pointed to by its name", () => {
  expect(about("port")).toBe("did you mean gateway.port?")
})

test("a slip of the pen is put right where it is", () => {
  expect(about("mach")).toBe("did you mean hooks.mappings[0].match?")
})

test("a name that many settings bear is no hint, nor is a part of a reference to a secret", () => {
  for (const key of ["enabled", "source", "provider"])
    expect(about(key)).toBe("known here: match, action")
})
