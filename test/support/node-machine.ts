import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadDevice } from "../../src/client/device.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { type HostOptions, runHost } from "../../src/node-host/host.ts"

/** A machine with a home of its own, which runs a node host in this process. */
export const nodeMachine = () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "fased-node-")))
  const env = { HOME: home, PATH: "/usr/local/bin:/usr/bin:/bin", SHELL: "/bin/sh" }
  const paths = resolvePaths(env)
  mkdirSync(paths.state, { recursive: true, mode: 0o700 })
  const runs: { controller: AbortController; done: Promise<void> }[] = []
  const said: string[] = []
  return {
    home,
    paths,
    env,
    /** Every line it told. */
    said,
    nodeId: loadDevice(paths.state).id,
    /** Resolves when it is connected; `done` rejects when it cannot be a node. */
    async run(gateway: { url: string; tlsFingerprint?: string }, more: Partial<HostOptions> = {}) {
      const controller = new AbortController()
      const connected = Promise.withResolvers<void>()
      const done = runHost({
        paths,
        env,
        clock: systemClock,
        version: "0.0.0-test",
        record: { version: 1, displayName: "workshop", gateway },
        signal: controller.signal,
        tell: (line) => said.push(line),
        connected: connected.resolve,
        ...more,
      })
      done.catch(() => undefined)
      runs.push({ controller, done })
      await Promise.race([connected.promise, done])
      return {
        done,
        stop: async () => {
          controller.abort()
          await done
        },
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { controller, done } of runs) {
        controller.abort()
        await done.catch(() => undefined)
      }
      rmSync(home, { recursive: true, force: true })
    },
  }
}
