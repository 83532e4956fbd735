import { describe, expect, test } from "bun:test"
import { type ToolRules, toolRules } from "../../src/agents/tools.ts"
import { namingNothing, policy } from "../../src/tools/policy.ts"

const tools = [
  { name: "read", group: "fs" },
  { name: "write", group: "fs" },
  { name: "exec", group: "runtime" },
  { name: "session_status", group: "sessions" },
  { name: "sessions_send", group: "sessions" },
  { name: "message", group: "messaging" },
  { name: "browser", group: "ui" },
  { name: "gateway", group: "automation", ownerOnly: true },
] as const

type Rules = Partial<ToolRules>
const allowed = (rules: Rules, owner = true): string[] => {
  const hides = policy({ owner, global: toolRules().parse(rules) })
  return tools.filter((tool) => !hides(tool)).map(({ name }) => name)
}
const all: string[] = tools.map(({ name }) => name)
const but = (...names: string[]) => all.filter((name) => !names.includes(name))

describe("the policy", () => {
  const cases: [string, Rules, string[]][] = [
    ["full allows everything", { profile: "full" }, all],
    ["minimal allows the session's status", { profile: "minimal" }, ["session_status"]],
    ["coding leaves out messaging and browser", { profile: "coding" }, but("message", "browser")],
    [
      "messaging allows messages and talk between sessions",
      { profile: "messaging" },
      ["session_status", "sessions_send", "message"],
    ],
    ["allow narrows to what it names", { profile: "full", allow: ["read"] }, ["read"]],
    [
      "allow does not widen a profile",
      { profile: "minimal", allow: ["read", "session_*"] },
      ["session_status"],
    ],
    ["deny beats allow", { profile: "full", allow: ["read", "write"], deny: ["write"] }, ["read"]],
    [
      "deny beats allow in any case",
      { profile: "full", allow: ["READ", "Write"], deny: ["wRiTe"] },
      ["read"],
    ],
    [
      "deny of a group beats allow of a member",
      { profile: "full", allow: ["read"], deny: ["group:fs"] },
      [],
    ],
    ["deny of everything leaves nothing", { profile: "full", deny: ["*"] }, []],
    ["deny of all built-ins leaves nothing", { profile: "full", deny: ["group:fased"] }, []],
    [
      "groups are allowed whole, in any case",
      { profile: "full", allow: ["GROUP:FS"] },
      ["read", "write"],
    ],
    [
      "wildcards match anywhere in a name",
      { profile: "full", allow: ["*ess*"] },
      ["session_status", "sessions_send", "message"],
    ],
    [
      "a wildcard is not a regular expression",
      { profile: "full", allow: ["r.ad", "(read)", "rea[d]"] },
      [],
    ],
    ["an alias names the tool itself", { profile: "full", deny: ["bash"] }, but("exec")],
    [
      "an alias works in any case and with space around",
      { profile: "full", deny: [" Bash "] },
      but("exec"),
    ],
    [
      "an allowlist that names nothing closes, it does not open",
      { profile: "full", allow: ["raed"] },
      [],
    ],
  ]
  for (const [what, rules, expected] of cases)
    test(what, () => expect(allowed(rules)).toEqual(expected))

  test("starts from coding for the operator and from messaging for everyone else", () => {
    expect(allowed({})).toEqual(but("message", "browser"))
    expect(allowed({}, false)).toEqual(["session_status", "sessions_send", "message"])
  })

  test("never gives an owner's tool to someone else, whatever the config says", () => {
    for (const allow of [[], ["gateway"], ["*"], ["group:automation"], ["GATEWAY"]])
      expect(allowed({ profile: "full", allow }, false)).not.toContain("gateway")
  })

  test("survives hostile patterns", () => {
    const allow = ["*a".repeat(5000), "*".repeat(50_000), "(".repeat(1000), "\\"]
    expect(allowed({ profile: "full", allow })).toEqual(all)
  })
})

test("entries that name nothing are found", () => {
  const patterns = ["read", "raed", "group:fs", "group:nope", "x*", "bash"]
  expect(namingNothing(patterns, tools)).toEqual(["raed", "group:nope", "x*"])
})
