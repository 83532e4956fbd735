import { expect, test } from "bun:test"
import { commandsOf } from "../../src/nodes/allowlist.ts"

const none = { allowCommands: [], denyCommands: [] }

test("a phone may be asked where it is, and not for a picture until somebody allows it", () => {
  const phone = { platform: "ios 18.1", commands: ["location.get", "camera.snap", "system.run"] }
  expect(commandsOf(phone, none)).toEqual(["location.get"])
  expect(commandsOf(phone, { ...none, allowCommands: ["camera.snap"] })).toEqual([
    "location.get",
    "camera.snap",
  ])
})

test("what is denied is denied, also where it is allowed; only whole names count", () => {
  const phone = { platform: "android", commands: ["canvas.eval", "location.get"] }
  const rules = { allowCommands: ["canvas.eval"], denyCommands: ["canvas.eval", "location"] }
  expect(commandsOf(phone, rules)).toEqual(["location.get"])
})

test("what a node does not claim, no rule makes it do; an unknown platform may do nothing by itself", () => {
  const rules = { allowCommands: ["sms.send"], denyCommands: [] }
  expect(commandsOf({ platform: "linux", commands: [] }, rules)).toEqual([])
  expect(commandsOf({ platform: "toaster", commands: ["system.run"] }, none)).toEqual([])
})
