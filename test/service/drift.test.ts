import { expect, test } from "bun:test"
import { findDrift } from "../../src/service/drift.ts"
import type { Facts } from "../../src/service/plan.ts"

const planned: Facts = {
  command: ["/home/ada/.local/bin/fased", "gateway", "run"],
  environment: {
    HOME: "/home/ada",
    PATH: "/usr/bin:/bin",
    FASED_STATE_DIR: "/home/ada/.fased",
    FASED_CONFIG_PATH: "/home/ada/.fased/fased.json",
    FASED_SERVICE_MARKER: "ai.fased.gateway",
    FASED_SERVICE_VERSION: "2.0.0",
  },
  restarts: true,
  starts: true,
  waitsForNetwork: true,
  extras: [],
}
const drift = (change: Partial<Facts>, usable = true) =>
  findDrift({ ...planned, ...change }, planned, () => usable)
const items = (change: Partial<Facts>) => drift(change).map(({ item }) => item)
const environment = (change: Record<string, string>) => ({
  environment: { ...planned.environment, ...change },
})

test("what install would write has not drifted", () => {
  expect(drift({})).toEqual([])
})

test.each<[string, Partial<Facts>]>([
  ["network", { waitsForNetwork: false }],
  ["restart", { restarts: false }],
  ["start", { starts: false }],
  ["command", { command: ["/home/ada/.local/bin/fased", "gateway", "run", "--auth", "none"] }],
  ["command", { command: ["/tmp/fased", "gateway", "run"] }],
  ["command", { command: [] }],
  ["environment", environment({ FASED_STATE_DIR: "/elsewhere" })],
  ["environment", environment({ FASED_CONFIG_PATH: "/elsewhere/fased.json" })],
  ["environment", environment({ FASED_PROFILE: "work" })],
  ["path", environment({ PATH: "/home/ada/.nvm/bin:/usr/bin" })],
  ["version", environment({ FASED_SERVICE_VERSION: "1.0.0" })],
])("%s: %j is found", (item, change) => {
  expect(items(change)[0]).toBe(item as "network")
})

test("a program that cannot be run is named", () => {
  expect(drift({}, false)).toEqual([
    {
      item: "command",
      message: "the program it starts cannot be run: /home/ada/.local/bin/fased",
    },
  ])
})

test("another program that can be run is the operator's choice, and so is a port given by hand", () => {
  expect(drift({ command: ["/opt/fased/fased", "gateway", "run"] })).toEqual([])
  expect(drift({ command: [...planned.command, "--port", "19000"] })).toEqual([])
})
