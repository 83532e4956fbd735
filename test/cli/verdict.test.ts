/** Every way an instance can stand, what is said of it, and what is to be typed. */
import { expect, test } from "bun:test"
import type { Target } from "../../src/client/target.ts"
import type { Probe } from "../../src/cli/probe.ts"
import type { Standing } from "../../src/cli/standing.ts"
import { judge } from "../../src/cli/verdict/judge.ts"
import type { Runtime } from "../../src/service/manager.ts"

const url = "ws://127.0.0.1:18789"
const target = (more: Partial<Target> = {}): Target => ({
  url,
  kind: "local",
  credential: "gateway.auth.token",
  ...more,
})
const remote = target({ url: "wss://vps.example.com", kind: "remote" })

const answered = (more: Partial<Probe> = {}): Probe => ({
  url,
  kind: "local",
  reachable: true,
  ok: true,
  ms: 1,
  version: "1.2.3",
  config: { valid: true, secrets: "ok", waits: 0 },
  ...more,
})
const failed = (code: string, reachable: boolean, words = {}): Probe => ({
  ...answered({ ok: false, reachable, config: undefined }),
  error: { code, message: "It said no.", hint: "Do this.", ...words },
})
const unreachable = failed("client.unreachable", false)
const unauthorized = failed("client.unauthorized", true)

const holder = { pid: 7, port: 18_789, url, version: "1.2.3", startedAt: 0 }
const ssh = { pid: 8, command: "ssh" }
const nginx = { pid: 9, command: "nginx\u001b[2J" }

const service = (runtime?: Partial<Runtime>, differs = false): Standing["service"] => ({
  line: "",
  advice: [],
  json: null,
  differs,
  ...(runtime && { runtime: { state: "stopped", loaded: true, ...runtime } }),
})
const config = (more: Partial<Standing["config"]> = {}): Standing["config"] => ({
  path: "/home/ada/.fased/fased.json",
  exists: true,
  valid: true,
  issues: [],
  ...more,
})
const invalid = config({ valid: false, issues: [{ path: "gateway.prot", message: "unknown" }] })

type Row = [name: string, found: Partial<Standing>, state: string, grade: string, first: string]

const table: Row[] = [
  ["all is well", { tried: answered(), holder }, "online", "well", ""],
  [
    "an invalid edit while it runs",
    { tried: answered({ config: { valid: false } }), holder, config: invalid },
    "config-not-in-force",
    "attention",
    "config validate",
  ],
  [
    "started on the last good config",
    { tried: answered({ config: { valid: true, lastGoodAt: 5 } }), holder },
    "config-not-in-force",
    "attention",
    "config validate",
  ],
  [
    "a secret that cannot be fetched anew",
    { tried: answered({ config: { valid: true, secrets: "degraded" } }), holder },
    "secrets-degraded",
    "attention",
    "secrets audit",
  ],
  [
    "settings that wait for a restart, of a service",
    {
      tried: answered({ config: { valid: true, waits: 2 } }),
      service: service({ state: "running" }),
    },
    "restart-needed",
    "attention",
    "gateway restart",
  ],
  [
    "settings that wait for a restart, in a terminal",
    { tried: answered({ config: { valid: true, waits: ["gateway.port"] } }), holder },
    "restart-needed",
    "attention",
    "start",
  ],
  [
    "a service that drifted",
    { tried: answered(), holder, service: service({ state: "running" }, true) },
    "service-drifted",
    "attention",
    "gateway install --force",
  ],
  [
    "a gateway of another version",
    { tried: answered({ version: "9.9.9" }), service: service({ state: "running" }) },
    "other-version",
    "attention",
    "gateway restart",
  ],
  [
    "an SSH tunnel that leads somewhere",
    { tried: answered(), port: ssh },
    "tunnel",
    "attention",
    "kill 8",
  ],
  [
    "an SSH tunnel that lets nobody in",
    { tried: unauthorized, port: ssh },
    "tunnel",
    "broken",
    "gateway status --url ws://127.0.0.1:18789 --token <its token>",
  ],
  [
    "another profile's gateway, with the same token",
    { tried: answered(), port: { pid: 9, command: "fased" } },
    "other-instance",
    "attention",
    "config set gateway.port 18809",
  ],
  [
    "another profile's gateway, with its own token",
    { tried: unauthorized, port: { pid: 9, command: "fased" } },
    "other-instance",
    "broken",
    "config set gateway.port 18809",
  ],
  [
    "a wrong token in the config",
    { tried: unauthorized, holder },
    "wrong-credential",
    "broken",
    "gateway restart",
  ],
  [
    "a wrong token in the environment",
    { tried: unauthorized, holder, target: target({ credential: "FASED_GATEWAY_TOKEN" }) },
    "wrong-credential",
    "broken",
    "unset FASED_GATEWAY_TOKEN",
  ],
  [
    "a wrong token by hand",
    { tried: unauthorized, holder, target: target({ credential: "--token" }) },
    "wrong-credential",
    "broken",
    "dashboard --no-open",
  ],
  [
    "a wrong token for a gateway elsewhere",
    { tried: unauthorized, target: remote },
    "wrong-credential",
    "broken",
    "config set gateway.remote.token <token>",
  ],
  [
    "not paired",
    {
      tried: failed("client.not-paired", true, {
        hint: "There: fased devices approve ab-12   Then",
      }),
      target: remote,
    },
    "not-paired",
    "broken",
    "fased devices approve ab-12",
  ],
  [
    "locked out",
    { tried: failed("client.locked-out", true), holder },
    "locked-out",
    "broken",
    "gateway status",
  ],
  [
    "another certificate",
    { tried: failed("client.certificate-mismatch", true), target: remote },
    "certificate",
    "broken",
    "fased gateway status",
  ],
  [
    "it hears and does not answer",
    { tried: failed("client.timeout", true), holder },
    "no-answer",
    "broken",
    "logs --follow",
  ],
  [
    "it is starting",
    { tried: failed("client.gateway-busy", true), holder },
    "busy",
    "broken",
    "gateway status",
  ],
  [
    "a secret that keeps us from asking",
    { tried: failed("secrets.unresolved", false), holder },
    "secret-missing",
    "broken",
    "secrets audit",
  ],
  [
    "a gateway elsewhere that is down",
    { tried: unreachable, target: remote },
    "remote-unreachable",
    "broken",
    "gateway probe",
  ],
  [
    "a gateway elsewhere that would be told the credential in the open",
    { tried: failed("client.plaintext-refused", false), target: remote },
    "plaintext",
    "broken",
    "gateway tunnel user@host",
  ],
  [
    "a gateway elsewhere that SSH does not lead to",
    { tried: failed("client.tunnel-failed", false), target: remote },
    "remote-unreachable",
    "broken",
    "gateway probe",
  ],
  [
    "an address by hand that is down",
    { tried: unreachable, target: target({ kind: "explicit" }) },
    "unreachable",
    "broken",
    "gateway probe",
  ],
  [
    "a process that does not answer",
    { tried: unreachable, holder },
    "no-answer",
    "broken",
    "logs --follow",
  ],
  [
    "a foreign process on the port",
    { tried: failed("client.not-a-gateway", false), port: nginx },
    "port-taken",
    "broken",
    "config set gateway.port 18809",
  ],
  [
    "a broken config before the start",
    { tried: unreachable, config: invalid },
    "config-broken",
    "broken",
    "config validate",
  ],
  [
    "a state folder that is read only",
    { tried: unreachable, writable: false },
    "state-read-only",
    "broken",
    "doctor",
  ],
  [
    "a service that is stopped",
    { tried: unreachable, service: service({}) },
    "stopped",
    "broken",
    "gateway start",
  ],
  [
    "a service that failed",
    { tried: unreachable, service: service({ state: "failed", detail: "last exit status 1" }) },
    "service-failed",
    "broken",
    "logs --limit 50",
  ],
  [
    "a service that fails again and again",
    {
      tried: unreachable,
      service: service({ state: "failed", restarts: 5, detail: "killed by SIGSEGV" }),
    },
    "crash-looping",
    "broken",
    "logs --limit 50",
  ],
  [
    "a service that is starting",
    { tried: unreachable, service: service({ state: "starting" }) },
    "starting",
    "attention",
    "gateway status",
  ],
  [
    "a service whose manager does not answer",
    { tried: unreachable, service: service({ state: "unknown" }) },
    "service-unknown",
    "broken",
    "start",
  ],
  ["nothing runs", { tried: unreachable }, "down", "broken", "start"],
  [
    "nothing is there yet",
    { tried: unreachable, config: config({ exists: false }) },
    "down",
    "broken",
    "onboard",
  ],
  ["not asked, and it runs", { holder }, "not-asked", "attention", "health"],
  ["not asked, and nothing runs", {}, "down", "broken", "start"],
]

const work = { program: "fased", instance: ["--profile", "work"], version: "1.2.3" }

test.each(table)("%s", (_, found, state, grade, first) => {
  const standing = {
    target: target(),
    config: config(),
    service: service(),
    writable: true,
    ...found,
  }
  const verdict = judge(standing, work)
  expect(verdict as { state: string; grade: string }).toMatchObject({ state, grade })
  expect(verdict.says).toMatch(/^[A-Z].*\.$/s)
  const isOurs = first !== "" && !/^(?:kill|unset|fased) /.test(first)
  expect(verdict.next[0]?.run ?? "").toBe(isOurs ? `fased --profile work ${first}` : first)
})

test("how the last process ended is in the verdict on a service", () => {
  const runtime = { state: "failed", restarts: 5, detail: "killed by SIGSEGV" } as const
  const standing = { target: target(), config: config(), service: service(runtime), writable: true }
  expect(judge({ ...standing, tried: unreachable }, work).says).toBe(
    "The service keeps failing: brought back 5 times (killed by SIGSEGV).",
  )
})
