import { expect, test } from "bun:test"
import { bind, readSpot, unbind } from "../../src/routing/bind.ts"
import { bindings as section } from "../../src/routing/config.ts"

const given = section.schema.parse([
  { agentId: "work", match: { channel: "telegram" } },
  { agentId: "work", match: { channel: "telegram", peer: { kind: "group", id: "-1" } } },
  { agentId: "home", match: { channel: "slack", accountId: "*" } },
])

test("a place is a channel, one of its accounts or all of them", () => {
  expect(readSpot("Telegram")).toEqual({ channel: "telegram" })
  expect(readSpot("telegram:work")).toEqual({ channel: "telegram", accountId: "work" })
  expect(readSpot("telegram:*")).toEqual({ channel: "telegram", accountId: "*" })
  for (const bad of ["", ":x", "telegram:", "a b", "telegram:a:b"])
    expect(() => readSpot(bad)).toThrow("neither a channel")
})

test("a binding of a channel becomes one of the account that arrives; else one is added", () => {
  expect(bind(given, "work", [{ channel: "telegram", accountId: "two" }])).toEqual([
    { path: ["bindings", 0, "match", "accountId"], value: "two" },
  ])
  expect(bind(given, "home", [{ channel: "discord" }])).toEqual([
    { path: ["bindings", 3], value: { agentId: "home", match: { channel: "discord" } } },
  ])
  expect(bind([], "home", [{ channel: "discord" }, { channel: "slack" }])).toEqual([
    { path: ["bindings"], value: [{ agentId: "home", match: { channel: "discord" } }] },
    { path: ["bindings", 1], value: { agentId: "home", match: { channel: "slack" } } },
  ])
})

test("binding twice changes nothing, and no agent takes a place from another unasked", () => {
  expect(bind(given, "work", [{ channel: "telegram" }])).toEqual([])
  expect(() => bind(given, "home", [{ channel: "telegram" }])).toThrow("bound to work")
})

test("unbinding takes what was named, or all of one agent, from the end", () => {
  expect(unbind(given, "work", [{ channel: "telegram" }])).toEqual([{ path: ["bindings", 0] }])
  expect(unbind(given, "work", "all")).toEqual([
    { path: ["bindings", 1] },
    { path: ["bindings", 0] },
  ])
  expect(unbind(given, "home", [{ channel: "telegram" }])).toEqual([])
})
