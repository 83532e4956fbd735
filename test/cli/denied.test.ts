import { expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { whatIsDenied } from "../../src/cli/denied.ts"

test("a file of another account is told as that, with what gives it back", () => {
  const error = Object.assign(new Error("permission denied"), { code: "EACCES", path: "/h/.fased" })
  expect(whatIsDenied(error)).toMatchObject({
    message: "You may not read or write /h/.fased.",
    hint: expect.stringContaining('sudo chown -R "$(id -un)" /h/.fased'),
  })
})

test("anything else stays what it is", () => {
  const thrown = () => {
    try {
      return readdirSync("/nowhere")
    } catch (error) {
      return error
    }
  }
  for (const other of [thrown(), new Error("EACCES"), "EACCES", undefined])
    expect(whatIsDenied(other)).toBeUndefined()
})
