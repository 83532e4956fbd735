import { expect, test } from "bun:test"
import { runtimeOf } from "../../src/service/systemd.ts"

const shown = (facts: Record<string, string | number>) =>
  Object.entries({ LoadState: "loaded", UnitFileState: "enabled", MainPID: 0, ...facts })
    .map(([name, value]) => `${name}=${value}`)
    .join("\n")

test.each([
  [
    { ActiveState: "inactive", ExecMainCode: 1, ExecMainStatus: 0, Result: "success" },
    "stopped",
    "last exit status 0",
  ],
  [
    { ActiveState: "failed", ExecMainCode: 1, ExecMainStatus: 1, Result: "exit-code" },
    "failed",
    "last exit status 1",
  ],
  [
    { ActiveState: "failed", ExecMainCode: 2, ExecMainStatus: 9, Result: "watchdog" },
    "failed",
    "ended by SIGKILL, watchdog",
  ],
  [
    { ActiveState: "failed", ExecMainCode: 3, ExecMainStatus: 11, Result: "core-dump" },
    "failed",
    "ended by SIGSEGV",
  ],
  [{ ActiveState: "failed", Result: "start-limit-hit" }, "failed", "start-limit-hit"],
  [
    {
      ActiveState: "activating",
      SubState: "auto-restart",
      ExecMainCode: 2,
      ExecMainStatus: 9,
      Result: "signal",
    },
    "failed",
    "ended by SIGKILL, started again in a moment",
  ],
] as const)("of a service without a process it says how that ended: %j", (facts, state, detail) => {
  expect(runtimeOf(shown(facts))).toMatchObject({ state, detail })
})
