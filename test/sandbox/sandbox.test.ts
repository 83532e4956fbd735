import { expect, test } from "bun:test"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { readBind } from "../../src/sandbox/binds.ts"
import { workbench } from "../exec/workbench.ts"
import { box, main } from "./box.ts"

const flagsOf = (calls: string[][]) => calls.find(([verb]) => verb === "create")!

test("a container has no network, no rights, its own files read-only, and limits", async () => {
  await using one = box({})
  const { container, folder, workdir } = await one.sandboxes.open(main)
  const user = `${process.getuid!() || 1000}:${process.getuid!() ? process.getgid!() : 1000}`
  expect(flagsOf(one.docker.calls()).filter((word) => !word.startsWith("ai.fased."))).toEqual([
    "create",
    "--pull",
    "never",
    "--name",
    container,
    "--label",
    "--label",
    "--label",
    "--label",
    "--init",
    "--read-only",
    "--tmpfs",
    "/tmp",
    "--tmpfs",
    "/var/tmp",
    "--tmpfs",
    "/run",
    "--network",
    "none",
    "--user",
    user,
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--pids-limit",
    "256",
    "--memory",
    "1g",
    "--cpus",
    "1",
    "--env",
    "LANG=C.UTF-8",
    "--workdir",
    "/workspace",
    "--mount",
    `type=bind,src=${folder},dst=/workspace`,
    "fased-sandbox:bookworm-slim",
    "sleep",
    "infinity",
  ])
  expect(workdir).toBe("/workspace")
  expect(container).toStartWith("fased-sbx-agent-main-")
  expect(folder).toStartWith(join(one.paths.state, "sandboxes"))
  expect(JSON.stringify(one.docker.calls())).not.toContain("sk-box")
})

test("it is made once, started when it stands, and made anew when its settings change", async () => {
  await using one = box({})
  await Promise.all([one.sandboxes.open(main), one.sandboxes.open(main)])
  const verbs = () => one.docker.calls().map(([verb]) => verb)
  expect(verbs().filter((verb) => verb === "create")).toHaveLength(1)
  one.settings({
    docker: { memory: "2g", ulimits: { nofile: { soft: 10, hard: 20 } }, dns: ["1.1.1.1"] },
  })
  await one.sandboxes.open(main)
  expect(verbs().filter((verb) => verb === "create" || verb === "rm")).toEqual([
    "create",
    "rm",
    "create",
  ])
  const flags = one.docker
    .calls()
    .findLast(([verb]) => verb === "create")!
    .join(" ")
  expect(flags).toContain("--memory 2g")
  expect(flags).toContain("--ulimit nofile=10:20 --dns 1.1.1.1")
})

test("without Docker nothing runs, and it says what to do", async () => {
  await using one = box({})
  one.docker.engine("down")
  await expect(one.sandboxes.open(main)).rejects.toMatchObject({
    code: "sandbox.no-docker",
    message: expect.stringContaining("unix:///var/run/docker.sock."),
    hint: expect.stringContaining("agents.defaults.sandbox.mode off"),
  })
})

test("an image that is not there is not fetched", async () => {
  await using one = box({ docker: { image: "mine:1" } })
  await expect(one.sandboxes.open(main)).rejects.toMatchObject({ code: "sandbox.no-image" })
  one.docker.images("mine:1")
  expect((await one.sandboxes.open(main)).container).toBeString()
})

test("the set-up command runs once in a new container; when it fails, none is left", async () => {
  await using one = box({ docker: { setupCommand: "echo no >&2; exit 3" } })
  await expect(one.sandboxes.open(main)).rejects.toMatchObject({
    code: "sandbox.setup-failed",
    message: expect.stringContaining("no"),
  })
  expect(await one.sandboxes.list()).toEqual([])
  one.settings({ docker: { setupCommand: "echo ready > ready" } })
  const { folder } = await one.sandboxes.open(main)
  expect(existsSync(join(folder, "ready"))).toBe(true)
})

test("scope says who shares a container", async () => {
  const other = { agentId: "main", sessionKey: "agent:main:telegram:direct:1" }
  const names = async (scope: string) => {
    await using one = box({ scope })
    const all = [main, other].map((whose) => one.sandboxes.explain(whose)!.container)
    return new Set(all).size
  }
  expect([await names("agent"), await names("shared"), await names("session")]).toEqual([1, 1, 2])
})

test("non-main leaves the agent's main session where it is", async () => {
  await using one = box({ mode: "non-main" })
  expect(one.sandboxes.confinement(main)).toBeUndefined()
  expect(
    one.sandboxes.confinement({ agentId: "main", sessionKey: "agent:main:hook:1" }),
  ).toMatchObject({ readOnly: false })
})

test("workspaceAccess none gives a folder of its own with notes and skills, and follows no link into it", async () => {
  await using one = box({})
  const { workspace } = one.paths
  writeFileSync(join(workspace, "AGENTS.md"), "rules")
  writeFileSync(join(workspace, "data.bin"), "secret")
  mkdirSync(join(workspace, "skills", "a"), { recursive: true })
  writeFileSync(join(workspace, "skills", "a", "SKILL.md"), "new")
  const outside = join(one.home, "outside")
  mkdirSync(outside)
  const { folder, container } = await one.sandboxes.open(main)
  expect(readdirSync(folder).toSorted()).toEqual(["AGENTS.md", "skills"])
  await one.sandboxes.remove(container)
  Bun.spawnSync(["rm", "-r", join(folder, "skills")])
  symlinkSync(outside, join(folder, "skills"))
  await one.sandboxes.open(main)
  expect(readdirSync(outside)).toEqual([])
  expect(readFileSync(join(folder, "skills", "a", "SKILL.md"), "utf8")).toBe("new")
})

test("workspaceAccess ro shows the workspace at /agent and lets file tools change nothing; rw is the workspace", async () => {
  await using one = box({ workspaceAccess: "ro" })
  const { workspace } = one.paths
  expect(one.sandboxes.confinement(main)).toEqual({ workspace, readOnly: true })
  await one.sandboxes.open(main)
  expect(flagsOf(one.docker.calls())).toContain(`type=bind,src=${workspace},dst=/agent,readonly`)
  one.settings({ workspaceAccess: "rw" })
  expect(await one.sandboxes.open(main)).toMatchObject({
    workspace,
    readOnly: false,
    folder: workspace,
  })
})

test("containers that were not used for a day, or are a week old, are removed", async () => {
  await using one = box({ prune: { maxAgeDays: 0 } })
  await one.sandboxes.open(main)
  one.clock.turn(23 * 3_600_000)
  await one.sandboxes.prune()
  expect(await one.sandboxes.list()).toHaveLength(1)
  one.clock.turn(2 * 3_600_000)
  await one.sandboxes.prune()
  expect(await one.sandboxes.list()).toEqual([])
})

test("where no sandbox was ever used, tidying asks Docker nothing", async () => {
  await using one = box({})
  await one.sandboxes.prune()
  expect(one.docker.calls()).toEqual([])
})

test("the network of the machine is refused, another container's only when it is written down", async () => {
  expect(() => box({ docker: { network: "host" } })).toThrow()
  await using one = box({ docker: { network: "container:db" } })
  await expect(one.sandboxes.open(main)).rejects.toMatchObject({ code: "sandbox.bad-network" })
  one.settings({
    docker: { network: "container:db", dangerouslyAllowContainerNamespaceJoin: true },
  })
  expect((await one.sandboxes.open(main)).container).toBeString()
})

const home = "/home/me"
const own = ["/home/me/.fased"]
test.each([
  ["/:/x"],
  ["/etc:/x"],
  ["/etc/passwd:/x"],
  ["/var/run/docker.sock:/x"],
  ["/run/user/1000/podman/podman.sock:/x"],
  ["/srv/docker.sock:/x"],
  ["/proc:/x"],
  ["/sys/fs:/x"],
  ["/dev:/x"],
  ["/home/me:/x"],
  ["/home:/x"],
  ["/home/me/.ssh:/x"],
  ["/home/me/.aws/credentials:/x"],
  ["/home/me/.config:/x"],
  ["/home/me/.fased/secrets.json:/x"],
  ["/srv/../etc:/x"],
  ["/srv/a:/"],
  ["/srv/a:/etc/cron.d"],
  ["/srv/a:/usr/bin"],
  ["srv:/x"],
  ["/srv/a:x"],
  ["/srv/a:/x:rw:z"],
  ["/srv/a:/x:exec"],
  ["/srv/a,readonly=false:/x"],
  ["/var:/x"],
])("the bind %s is refused", (bind) => {
  expect(() => readBind(bind, { home, own })).toThrow(
    expect.objectContaining({ code: "sandbox.bad-bind" }),
  )
})

test("a bind that leads by a link to what is refused is refused, others are read-only unless written otherwise", async () => {
  await using one = box({})
  symlinkSync("/etc", join(one.home, "innocent"))
  mkdirSync(join(one.home, "data"))
  const places = { home, own }
  expect(() => readBind(`${one.home}/innocent:/x`, places)).toThrow("/etc")
  expect(() => readBind(`${one.home}/innocent/ssh:/x`, places)).toThrow("/etc")
  expect(readBind(`${one.home}/data:/x`, places)).toEqual({
    from: join(one.home, "data"),
    to: "/x",
    writable: false,
  })
  expect(readBind(`${one.home}/data:/x/:rw`, places).writable).toBe(true)
})

test("exec in a sandboxed session runs in the container, and nowhere else", async () => {
  await using one = box({})
  await using bench = workbench({ sandboxes: one.sandboxes, env: one.env })
  const done = await bench.exec({ command: "pwd; env; exit 5", env: { GREETING: "hi" } })
  const { folder } = one.sandboxes.explain(main)!
  expect(done.exitCode).toBe(5)
  expect(done.output).toContain(`${folder}\n`)
  expect(done.output).toContain("GREETING=hi")
  expect(done.output).not.toContain("BOX_TOKEN")
  expect(bench.asked[0]).toMatchObject({
    host: "sandbox",
    security: "full",
    ask: "off",
    cwd: "/workspace",
  })
  await expect(bench.exec({ command: "true", host: "gateway" })).rejects.toMatchObject({
    code: "exec.host-fixed",
  })
  await expect(bench.exec({ command: "true", elevated: true })).rejects.toMatchObject({
    code: "exec.host-fixed",
  })
})

test("a command in a container ends with all it started", async () => {
  await using one = box({})
  await using bench = workbench({ sandboxes: one.sandboxes, env: one.env })
  const done = await bench.exec({ command: "echo $$; trap '' HUP; sleep 60", timeout: 0.7 })
  expect(done.stopped).toContain("time")
  const pid = Number(done.output.trim().split("\n").at(-1))
  expect(pid).toBeGreaterThan(1)
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)])
  expect(stdout.toString().trim().replace(/^Z.*/, "")).toBe("")
})

test("host sandbox in a session without one fails closed, and says what to set", async () => {
  await using bench = workbench({ settings: { host: "sandbox" } })
  const refused = { code: "exec.no-such-host", hint: expect.stringContaining("sandbox.mode") }
  await expect(bench.exec({ command: "true" })).rejects.toMatchObject(refused)
  await using other = workbench()
  await expect(other.exec({ command: "true", host: "sandbox" })).rejects.toMatchObject(refused)
  expect(other.asked).toEqual([])
})

test("an elevated session leaves the sandbox, with the gateway's own rules", async () => {
  await using one = box({})
  await using bench = workbench({ sandboxes: one.sandboxes, overrides: { elevated: "ask" } })
  await bench.exec({ command: "true" })
  expect(bench.asked[0]).toMatchObject({ host: "gateway", elevated: "ask", security: "allowlist" })
  await bench.exec({ command: "true", elevated: false }).catch(() => undefined)
  expect(bench.asked[1]?.elevated).toBeUndefined()
})

test("who may not leave the sandbox stays in it, whatever the session was set to", async () => {
  await using one = box({})
  await using bench = workbench({
    sandboxes: one.sandboxes,
    env: one.env,
    overrides: { elevated: "full" },
    mayElevate: false,
  })
  await bench.exec({ command: "true" })
  expect(bench.asked[0]).toMatchObject({ host: "sandbox" })
  expect(bench.asked[0]?.elevated).toBeUndefined()
})
