import { existsSync, rmSync } from "node:fs"
import { Paths } from "../config/paths.ts"
import { Build } from "../kernel/build.ts"
import { check } from "../kernel/check.ts"
import { ServiceManager } from "../service/service.ts"
import { holderNote, readHolder } from "../store/lock.ts"
import { Neighbour } from "./neighbour.ts"

const outside = { neighbour: Neighbour, paths: Paths, service: ServiceManager } as const

/** Restarts what the system keeps running; a gateway in somebody's terminal is theirs. */
const restart = {
  describe: ({ installed }: { installed: boolean }) =>
    installed ? "Restart the service." : undefined,
  apply: async (_: unknown, { service }: { service: ServiceManager }) => {
    await service.restart()
  },
}

export const answers = check({
  id: "gateway.answers",
  title: "The gateway answers",
  severity: "error",
  here: true,
  needs: outside,
  detect({ neighbour, service }) {
    if (neighbour.state !== "silent") return null
    return { ...neighbour, installed: service.installed().length > 0 }
  },
  explain: ({ pid, url }) =>
    `The gateway's process (pid ${pid}) is there, and nobody answers at ${url}.`,
  next: () => "See what it does with fased logs, then stop and start it: fased gateway restart",
  fix: restart,
})

export const letsIn = check({
  id: "gateway.lets-in",
  title: "The gateway lets this command line in",
  severity: "warn",
  here: true,
  needs: { neighbour: Neighbour },
  detect: ({ neighbour }) => (neighbour.state === "refuses" ? neighbour : null),
  explain: ({ isOurs, problem }) =>
    isOurs
      ? `The gateway could not be asked, only files were: ${problem}`
      : `A gateway that is not this instance's has its port, so this one cannot start there: ${problem}`,
  next: ({ isOurs, hint }) =>
    isOurs
      ? (hint ?? "See what is tried with: fased gateway probe")
      : "Stop the other, or give this one a port of its own: fased config set gateway.port <port>",
})

export const sameVersion = check({
  id: "gateway.version",
  title: "The gateway that runs is of this version",
  severity: "warn",
  here: true,
  needs: { ...outside, build: Build },
  detect({ neighbour, service, build }) {
    if (neighbour.state !== "running" || !neighbour.version) return null
    if (neighbour.version === build.version) return null
    return {
      running: neighbour.version,
      here: build.version,
      installed: service.installed().length > 0,
    }
  },
  explain: ({ running, here }) => `The gateway that runs is fased ${running}; this is ${here}.`,
  next: () => "Start it anew: fased gateway restart",
  fix: restart,
})

export const noteTrue = check({
  id: "gateway.note",
  title: "What a gateway noted of itself is true",
  severity: "hint",
  here: true,
  needs: { neighbour: Neighbour, paths: Paths },
  detect({ neighbour, paths }) {
    const path = holderNote(paths.state)
    if (neighbour.state !== "absent" || !existsSync(path)) return null
    const pid = readHolder(paths.state)?.pid
    return pid !== undefined && isAlive(pid) ? null : { path, pid }
  },
  explain: ({ path, pid }) =>
    pid === undefined
      ? `${path} is half-written.`
      : `${path} names a gateway (pid ${pid}) that was killed. The next one starts all the same.`,
  fix: {
    migration: true,
    describe: ({ path }) => `Remove ${path}.`,
    touches: ({ path }) => [path],
    apply: ({ path }) => rmSync(path, { force: true }),
  },
})

export const elsewhere = check({
  id: "gateway.elsewhere",
  title: "The gateway is on this machine",
  severity: "hint",
  here: true,
  needs: { neighbour: Neighbour },
  detect: ({ neighbour }) => (neighbour.state === "elsewhere" ? neighbour : null),
  explain: ({ url }) => `The gateway is on another machine (${url}); this looked at this one only.`,
  next: () => "Look over there as well: fased doctor",
})

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
