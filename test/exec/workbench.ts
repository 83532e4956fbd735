import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Elevation } from "../../src/agents/elevated.ts"
import { ExecGate, type ExecRequest, type Verdict } from "../../src/approvals/gate.ts"
import { type Env, Environment, Paths, resolvePaths } from "../../src/config/paths.ts"
import type { Jobs } from "../../src/exec/jobs.ts"
import { provideExec } from "../../src/exec/provide.ts"
import { exec, processTool } from "../../src/exec/tools.ts"
import { Clock, systemClock } from "../../src/kernel/clock.ts"
import { Log } from "../../src/kernel/log.ts"
import { Services } from "../../src/kernel/service.ts"
import { SystemEvents } from "../../src/kernel/system-events.ts"
import type { ToolContext } from "../../src/kernel/tool.ts"
import { Nodes } from "../../src/nodes/service.ts"
import { Sandboxes } from "../../src/sandbox/service.ts"
import { Directory } from "../../src/sessions/directory.ts"
import type { SessionOverrides } from "../../src/sessions/overrides.ts"
import { tools } from "../../src/tools/config.ts"
import { SkillEnvironment } from "../../src/skills/environment.ts"
import { ExecSettings } from "../../src/tools/exec-settings.ts"
import { Toolbox } from "../../src/tools/toolbox.ts"
import { silentLog } from "../support/silent-log.ts"

export interface Bench {
  home: string
  workspace: string
  /** Every request the gate was asked about. */
  asked: ExecRequest[]
  events: SystemEvents
  jobs: Jobs
  // oxlint-disable-next-line typescript/no-explicit-any -- what a tool gives is for a model
  exec(params: object, call?: Partial<ToolContext>): Promise<any>
  // oxlint-disable-next-line typescript/no-explicit-any -- what a tool gives is for a model
  process(params: object, call?: Partial<ToolContext>): Promise<any>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The tools `exec` and `process` over a real shell, with a gate that does as it is told. */
export const workbench = ({
  verdict = () => ({ kind: "run" }) as Verdict,
  settings = {},
  overrides = {},
  mayElevate = true,
  env = {},
  offered = ["exec", "process"],
  nodes = {},
  sandboxes = { confinement: () => undefined } as unknown as Sandboxes,
}: {
  verdict?: (request: ExecRequest) => Verdict
  settings?: object
  overrides?: SessionOverrides
  /** Whether the caller may leave the sandbox. */
  mayElevate?: boolean
  env?: Env
  offered?: readonly string[]
  nodes?: Partial<Nodes>
  sandboxes?: Sandboxes
} = {}): Bench => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "fased-exec-")))
  const workspace = join(home, ".fased", "workspace")
  mkdirSync(workspace, { recursive: true })
  const services = new Services()
  const asked: ExecRequest[] = []
  const environment = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, LANG: "C.UTF-8", ...env }
  services.provide(Clock, systemClock)
  services.provide(Log, silentLog)
  services.provide(Environment, environment)
  services.provide(SkillEnvironment, async () => ({}))
  services.provide(Paths, resolvePaths(environment))
  const config = tools.schema.parse({ exec: settings }).exec
  services.provide(ExecSettings, () => config)
  services.provide(Nodes, nodes as Nodes)
  services.provide(Sandboxes, sandboxes)
  services.provide(Elevation, () => mayElevate)
  services.provide(Directory, { find: async () => ({ overrides }) } as unknown as Directory)
  services.provide(Toolbox, {
    offered: () => offered.map((name) => ({ name })),
  } as unknown as Toolbox)
  services.provide(ExecGate, {
    async judge(request) {
      asked.push(request)
      return verdict(request)
    },
  })
  const jobs = provideExec(services)
  const context = (call: Partial<ToolContext> = {}): ToolContext => ({
    agentId: "main",
    sessionKey: "agent:main:main",
    owner: true,
    surface: "chat",
    workspace,
    signal: new AbortController().signal,
    runId: "run-1",
    ...call,
  })
  const run =
    (tool: typeof exec | typeof processTool) =>
    async (params: object, call?: Partial<ToolContext>) =>
      tool.run(
        tool.params.parse(params) as never,
        Object.assign(services.supply(tool.needs), context(call)) as never,
      )
  const close = async () => {
    await jobs.close()
    rmSync(home, { recursive: true, force: true })
  }
  return {
    home,
    workspace,
    asked,
    events: services.get(SystemEvents),
    jobs,
    exec: run(exec),
    process: run(processTool),
    close,
    [Symbol.asyncDispose]: close,
  }
}
