import { describe, expect, test } from "bun:test"
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { safeBinSettings } from "../../src/agents/safe-bins.ts"
import { createApprovals } from "../../src/approvals/approvals.ts"
import { approvalRequested, approvalResolved } from "../../src/approvals/events.ts"
import { createExecGate } from "../../src/approvals/exec-gate.ts"
import type { ExecRequest } from "../../src/approvals/gate.ts"
import { toPolicy, policyFile } from "../../src/approvals/policy.ts"
import { createPolicyStore } from "../../src/approvals/policy-store.ts"
import { createApprovalStore } from "../../src/approvals/store.ts"
import { createBus } from "../../src/kernel/event.ts"
import { createSystemEvents } from "../../src/kernel/system-events.ts"
import { migrations } from "../../src/registry/migrations.ts"
import { Database } from "../../src/store/database.ts"
import { temporaryHome } from "../support/gateway.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

/** A gate of its own, with the programs `tool` and `other` to judge. */
const openGate = async ({ present = true }: { present?: boolean } = {}) => {
  const home = await temporaryHome()
  const folder = realpathSync(home.path)
  mkdirSync(join(folder, "bin"))
  mkdirSync(join(folder, "workspace"))
  for (const name of ["bin/tool", "bin/other", "workspace/own"]) {
    writeFileSync(join(folder, name), "#!/bin/sh\n")
    chmodSync(join(folder, name), 0o755)
  }
  const clock = turnableClock()
  const bus = createBus()
  const events = createSystemEvents()
  const told: { name: string; payload: Record<string, unknown> }[] = []
  bus.on(
    ({ name }, payload) => void told.push({ name, payload: payload as Record<string, unknown> }),
  )
  let db: Database
  const state = { present, skillPrograms: [] as string[] }
  const start = async () => {
    db = new Database(join(folder, "fased.db"), migrations)
    const policies = createPolicyStore(db)
    const store = createApprovalStore(db)
    const approvals = await createApprovals({
      store,
      policies,
      bus,
      events,
      clock,
      log: silentLog,
    })
    const gate = createExecGate({
      policies,
      approvals,
      approvers: () => ({ present: () => state.present }),
      skillPrograms: async () => state.skillPrograms,
      safeBins: () => z.object(safeBinSettings()).parse({}),
      home: folder,
      workspaces: () => [join(folder, "workspace")],
      path: `${folder}/bin:/usr/bin:/bin`,
      clock,
      log: silentLog,
    })
    return { policies, approvals, gate }
  }
  let parts = await start()
  return {
    folder,
    clock,
    told,
    events,
    state,
    get approvals() {
      return parts.approvals
    },
    get policies() {
      return parts.policies
    },
    judge: (command: string, more: Partial<ExecRequest> = {}) =>
      parts.gate.judge({
        command,
        cwd: folder,
        env: {},
        host: "gateway",
        agentId: "main",
        sessionKey: "agent:main:main",
        security: "allowlist",
        ask: "on-miss",
        ...more,
      }),
    policy: (file: object) =>
      parts.policies.replace(toPolicy(policyFile.parse({ version: 1, ...file }))),
    async restart() {
      parts.approvals.close()
      db.close()
      parts = await start()
    },
    async [Symbol.asyncDispose]() {
      parts.approvals.close()
      db.close()
      await home[Symbol.asyncDispose]()
    },
  }
}

const listing = (...patterns: string[]) => ({
  agents: { main: { allowlist: patterns.map((pattern) => ({ pattern })) } },
})

describe("a command is judged by the strictest of all that was said", () => {
  test.each([
    // config security and ask, then those of the file; `tool` is on the list and `other` is not
    ["deny", "off", {}, "tool", "refuse"],
    ["full", "off", {}, "other", "run"],
    ["full", "on-miss", {}, "other", "run"],
    ["full", "always", {}, "other", "wait"],
    ["allowlist", "off", {}, "tool", "run"],
    ["allowlist", "off", {}, "other", "refuse"],
    ["allowlist", "on-miss", {}, "tool", "run"],
    ["allowlist", "on-miss", {}, "tool | other", "wait"],
    ["allowlist", "on-miss", {}, "tool > x", "wait"],
    ["allowlist", "on-miss", {}, "tool | head -n 1", "run"],
    ["allowlist", "always", {}, "tool", "wait"],
    ["full", "off", { security: "deny" }, "tool", "refuse"],
    ["full", "off", { security: "allowlist" }, "other", "refuse"],
    ["full", "off", { security: "allowlist" }, "tool", "run"],
    ["full", "off", { ask: "always" }, "tool", "wait"],
    ["full", "always", { ask: "off" }, "tool", "wait"],
    ["deny", "off", { security: "full" }, "tool", "refuse"],
  ] as const)("%s, %s and %o: %s → %s", async (security, ask, defaults, command, kind) => {
    await using gate = await openGate()
    await gate.policy({ defaults, ...listing(join(gate.folder, "bin/tool")) })
    expect((await gate.judge(command, { security, ask })).kind).toBe(kind)
  })

  test.each([
    [undefined, "allowlist", "other", "refuse"],
    ["deny", "full", "other", "refuse"],
    ["allowlist", "full", "tool", "run"],
    ["allowlist", "full", "other", "refuse"],
    ["full", "full", "other", "run"],
    ["full", "allowlist", "other", "refuse"],
  ] as const)(
    "with nobody to ask, a fallback of %s under %s: %s → %s",
    async (askFallback, security, command, kind) => {
      await using gate = await openGate({ present: false })
      await gate.policy({ defaults: { askFallback }, ...listing(join(gate.folder, "bin/tool")) })
      expect((await gate.judge(command, { security, ask: "always" })).kind).toBe(kind)
    },
  )

  test("an elevated session skips the question, and never a refusal", async () => {
    await using gate = await openGate()
    expect((await gate.judge("other", { elevated: "full" })).kind).toBe("run")
    expect((await gate.judge("other", { elevated: "ask" })).kind).toBe("wait")
    expect((await gate.judge("other", { elevated: "on" })).kind).toBe("wait")
    expect((await gate.judge("other", { elevated: "full", security: "deny" })).kind).toBe("refuse")
    await gate.policy({ defaults: { security: "deny" } })
    expect((await gate.judge("other", { elevated: "full" })).kind).toBe("refuse")
  })

  test("what one agent may, another may not; * is every agent", async () => {
    await using gate = await openGate()
    const tool = { allowlist: [{ pattern: join(gate.folder, "bin/tool") }] }
    const other = { allowlist: [{ pattern: join(gate.folder, "bin/other") }] }
    await gate.policy({ agents: { main: tool, "*": other, work: { security: "deny" } } })
    const kind = async (command: string, agentId: string) =>
      (await gate.judge(command, { agentId })).kind
    expect(await kind("tool; other", "main")).toBe("run")
    expect(await kind("tool", "guest")).toBe("wait")
    expect(await kind("other", "guest")).toBe("run")
    expect(await kind("other", "work")).toBe("refuse")
  })

  test("the programs of skills run where the policy says so, called by their name", async () => {
    await using gate = await openGate()
    gate.state.skillPrograms = ["tool", "python3"]
    expect((await gate.judge("tool")).kind).toBe("wait")
    await gate.policy({ defaults: { autoAllowSkills: true } })
    expect((await gate.judge("tool")).kind).toBe("run")
    expect((await gate.judge("bin/tool")).kind).toBe("wait")
    expect((await gate.judge("python3 x.py")).kind).toBe("wait")
  })

  test("a refusal says what is missing and the command that helps", async () => {
    await using gate = await openGate({ present: false })
    const refused = await gate.judge("tool x")
    expect(refused).toMatchObject({ kind: "refuse" })
    const { reason } = refused as { reason: string }
    expect(reason).toStartWith("SYSTEM_RUN_DENIED: approval required")
    expect(reason).toContain(`fased approvals allowlist add '${join(gate.folder, "bin/tool")}'`)
    const miss = (await gate.judge("tool > x", { ask: "off" })) as { reason: string }
    expect(miss.reason).toStartWith("SYSTEM_RUN_DENIED: allowlist miss: it redirects")
  })
})

describe("a command that waits", () => {
  const waiting = async (
    gate: Awaited<ReturnType<typeof openGate>>,
    command: string,
    more: Partial<ExecRequest> = {},
  ) => {
    const verdict = await gate.judge(command, more)
    if (verdict.kind !== "wait") throw new Error(`it does not wait: ${verdict.kind}`)
    return verdict
  }

  test("is told to those who may answer, whole, and nothing hidden in it", async () => {
    await using gate = await openGate()
    await waiting(gate, "tool '\u202egnp.\u200bexe' \u001b[8m" + "x".repeat(3000))
    const { name, payload } = gate.told[0]!
    expect(name).toBe(approvalRequested.name)
    const { command, commandHash } = payload.request as { command: string; commandHash: string }
    expect(command).toStartWith("tool '\\u{202e}gnp.\\u{200b}exe' \\u{1b}[8m")
    expect(command).toEndWith("xxx")
    expect(command.length).toBeGreaterThan(3000)
    expect(commandHash).toMatch(/^[0-9a-f]{64}$/)
  })

  test("the first answer counts, for everyone and for good", async () => {
    await using gate = await openGate()
    const { id, decided } = await waiting(gate, "tool")
    const answers = await Promise.allSettled([
      gate.approvals.resolve(id, "allow-once", "one"),
      gate.approvals.resolve(id, "deny", "two"),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"])
    const decision = await decided
    await gate.restart()
    expect((await gate.approvals.get(id)).outcome).toBe(decision)
    await expect(gate.approvals.resolve(id, "deny", "late")).rejects.toMatchObject({
      code: "approvals.answered",
    })
    const resolved = gate.told.filter(({ name }) => name === approvalResolved.name)
    expect(resolved.length).toBe(1)
  })

  test("allowed once is asked about again; allowed always is not", async () => {
    await using gate = await openGate()
    const once = await waiting(gate, "tool a")
    await gate.approvals.resolve(once.id, "allow-once", "me")
    const always = await waiting(gate, "env LANG=C tool b | other")
    await gate.approvals.resolve(always.id, "allow-always", "me")
    expect(await always.decided).toBe("allow-always")
    await gate.restart()
    expect((await gate.judge("other; tool c")).kind).toBe("run")
    const { allowlist } = (await gate.policies.read()).agents.main!
    expect(allowlist.map(({ pattern }) => pattern)).toEqual([
      join(gate.folder, "bin/other"),
      join(gate.folder, "bin/tool"),
    ])
    expect(allowlist[0]).toMatchObject({ lastUsedCommand: "other; tool c" })
  })

  test.each([
    "python3 -c 'x'",
    "sh x.sh",
    "xargs tool",
    "tool > x",
    "sudo tool",
    "tool $(other)",
    "workspace/own",
    "tool | workspace/own",
  ])("%s can be allowed once and never for good", async (command) => {
    await using gate = await openGate()
    const { id } = await waiting(gate, command)
    await expect(gate.approvals.resolve(id, "allow-always", "me")).rejects.toMatchObject({
      code: "approvals.only-once",
    })
    await gate.approvals.resolve(id, "allow-once", "me")
    expect((await gate.policies.read()).agents).toEqual({})
    expect((await gate.judge(command)).kind).toBe("wait")
  })

  test("says that everything is asked about, where that is why", async () => {
    await using gate = await openGate()
    const { id } = await waiting(gate, "tool", { security: "full", ask: "always" })
    expect((await gate.approvals.get(id)).request.because).toStartWith("every command is asked")
  })

  test("ends by the clock, as a no", async () => {
    await using gate = await openGate()
    const { id, decided, expiresAt } = await waiting(gate, "tool")
    expect(expiresAt - gate.clock.now()).toBe(30 * 60_000)
    gate.clock.turn(30 * 60_000)
    expect(await decided).toBe("deny")
    await expect(gate.approvals.resolve(id, "allow-once", "me")).rejects.toMatchObject({
      code: "approvals.too-late",
    })
    expect(gate.told.at(-1)!.payload).toMatchObject({ id, decision: "deny", status: "expired" })
  })

  test("does not outlive the gateway that would have run it, and says so", async () => {
    await using gate = await openGate()
    const { id } = await waiting(gate, "tool")
    await gate.restart()
    expect(await gate.approvals.waiting()).toEqual([])
    await expect(gate.approvals.resolve(id, "allow-once", "me")).rejects.toThrow("was restarted")
    expect(gate.events.drain("agent:main:main")).toEqual([
      `Exec not run (approval ${id}): fased was restarted while it waited.`,
    ])
  })

  test("an id stands for one command: no other comes in under it", async () => {
    await using gate = await openGate()
    const request = {
      command: "tool",
      cwd: "/a",
      env: {},
      host: "node" as const,
      agentId: "main",
      sessionKey: null,
      programs: [],
    }
    const ask = (more: object) =>
      gate.approvals.ask({
        id: "x1",
        request: { ...request, ...more },
        patterns: null,
        ttlMs: 1000,
      })
    const first = await ask({})
    expect(await ask({})).toEqual(first)
    for (const change of [
      { command: "tool x" },
      { cwd: "/b" },
      { env: { A: "1" } },
      { argv: ["tool"] },
      { agentId: "work" },
      { sessionKey: "s" },
      { nodeId: "n" },
    ])
      await expect(ask(change)).rejects.toMatchObject({ code: "approvals.another-command" })
  })

  test("is looked at once more before it runs", async () => {
    await using gate = await openGate()
    const { recheck } = await waiting(gate, "tool")
    expect(recheck!()).toBeUndefined()
    await Bun.$`cp /bin/true ${gate.folder}/bin/new && mv ${gate.folder}/bin/new ${gate.folder}/bin/tool`
    expect(recheck!()).toBe(join(gate.folder, "bin/tool"))
  })

  test("there is an end to how many may wait", async () => {
    await using gate = await openGate()
    for (let n = 0; n < 64; n++) await waiting(gate, `tool ${n}`)
    await expect(gate.judge("tool more")).rejects.toMatchObject({ code: "approvals.too-many" })
  })
})
