import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { AgentsConfig } from "../agents/config.ts"
import type { Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { labels, shownFlags } from "./container.ts"
import type { Docker } from "./docker.ts"
import { createMaker } from "./make.ts"
import { agentFolder, instanceOf, scopeOf } from "./scope.ts"
import type { Container, Sandbox, Sandboxes, Whose } from "./service.ts"
import { endRun, execWords } from "./words.ts"

const pruneEveryMs = 60 * 60_000
const hour = 3_600_000

export interface SandboxNeeds {
  config: () => AgentsConfig
  paths: Paths
  docker: Docker
  clock: Clock
  log: Log
}

/** Keeps one container for each scope: made when it is first needed, anew when the config changed. */
export const createSandboxes = (needs: SandboxNeeds): Sandboxes & { close(): void } => {
  const { config, paths, docker, clock } = needs
  const log = needs.log.for("sandbox")
  const instance = instanceOf(paths)
  const { formed, ensure, discard } = createMaker({ docker, paths, log })
  const marks = join(paths.state, "sandboxes", ".used")
  /** What is being done with a container; the next waits for it. */
  const busy = new Map<string, Promise<unknown>>()

  const inTurn = <T>(container: string, work: () => Promise<T>): Promise<T> => {
    const before = busy.get(container) ?? Promise.resolve()
    const done = before.then(work, work)
    const settled = done
      .catch(() => undefined)
      .finally(() => {
        if (busy.get(container) === settled) busy.delete(container)
      })
    busy.set(container, settled)
    return done
  }

  const mark = (container: string) => {
    mkdirSync(marks, { recursive: true, mode: 0o700 })
    const at = new Date(clock.now())
    const path = join(marks, container)
    writeFileSync(path, "", { mode: 0o600 })
    utimesSync(path, at, at)
  }

  const usedAt = (container: string) => {
    const stats = statSync(join(marks, container), { throwIfNoEntry: false })
    return stats && Math.round(stats.mtimeMs)
  }

  const list = async (): Promise<Container[]> => {
    await docker.require()
    const format = `{{.Names}}\t{{.State}}\t{{.Image}}\t{{.CreatedAt}}\t{{.Label "${labels.scope}"}}\t{{.Label "${labels.agent}"}}\t{{.Label "${labels.config}"}}`
    const filter = `label=${labels.instance}=${instance}`
    const out = await docker.must("list the containers", [
      "ps",
      "--all",
      "--no-trunc",
      "--filter",
      filter,
      "--format",
      format,
    ])
    return out.split("\n").flatMap((line) => {
      const [name, state, image, created, scope = "", agentId = "", form = ""] = line.split("\t")
      if (!name || !state || !image) return []
      const createdAt = Date.parse((created ?? "").replace(/ [A-Z]+$/, "")) || undefined
      return [
        {
          name,
          running: state === "running",
          image,
          scope,
          agentId,
          form,
          createdAt,
          usedAt: usedAt(name),
        },
      ]
    })
  }

  const remove = (container: string) =>
    inTurn(container, async () => {
      await discard(container)
      rmSync(join(marks, container), { force: true })
      log.info("sandbox removed", { container })
    })

  const prune = async () => {
    try {
      // Where none was ever used there is nothing to ask Docker about.
      if (!readdirSync(marks).length) return
    } catch {
      return
    }
    const now = clock.now()
    for (const { name, agentId, scope, createdAt = now, usedAt = createdAt } of await list()) {
      const known = config().list.some(({ id }) => id === agentId) || !config().list.length
      const found = known && scopeOf({ agentId, sessionKey: scope }, config(), paths)
      const { idleHours, maxAgeDays } = found
        ? found.config.prune
        : { idleHours: 24, maxAgeDays: 7 }
      const idle = idleHours > 0 && now - usedAt > idleHours * hour
      const old = maxAgeDays > 0 && now - createdAt > maxAgeDays * 24 * hour
      if (idle || old) await remove(name)
    }
  }

  const stop = clock.every(
    pruneEveryMs,
    () =>
      void prune().catch((error: unknown) =>
        log.warn("sandboxes could not be tidied up", { error }),
      ),
  )

  const scopeFor = (whose: Whose) => scopeOf(whose, config(), paths)

  return {
    confinement: (whose) => scopeFor(whose)?.confinement,
    async open(whose): Promise<Sandbox> {
      const scope = scopeFor(whose)
      if (!scope) throw new Error("this session has no sandbox")
      const { container, confinement, folder, workspace } = scope
      await inTurn(container, () => ensure(scope, whose.agentId))
      mark(container)
      const { workdir } = scope.config.docker
      const access = scope.config.workspaceAccess
      return {
        ...confinement,
        container,
        folder,
        workdir,
        folders: [
          { here: folder, inside: workdir },
          ...(access === "ro" ? [{ here: workspace, inside: agentFolder }] : []),
        ],
        words: (run) => execWords(docker.program ?? "docker", container, run),
        end: (id, signal) => endRun(docker, container, id, signal),
      }
    },
    list,
    remove,
    explain(whose) {
      const scope = scopeFor(whose)
      if (!scope) return undefined
      const { form, flags } = formed(scope)
      const { key, container, folder, confinement, config } = scope
      return {
        scope: key,
        container,
        folder,
        ...confinement,
        access: config.workspaceAccess,
        mode: config.mode,
        image: config.docker.image,
        form,
        flags: shownFlags(flags),
      }
    },
    prune,
    close: stop,
  }
}
