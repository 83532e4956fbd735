import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { AgentsConfig } from "../agents/config.ts"
import type { Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { readBind } from "./binds.ts"
import { containerFlags, formOf, labels } from "./container.ts"
import type { Docker } from "./docker.ts"
import { dockerRefused, noImage, setupFailed } from "./faults.ts"
import { furnish } from "./furnish.ts"
import { agentFolder, instanceOf, type Scope, scopeOf } from "./scope.ts"
import type { Container, Sandbox, Sandboxes, Whose } from "./service.ts"
import { endRun, execWords } from "./words.ts"

const setupMs = 10 * 60_000
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

  const userOf = ({ config }: Scope) => {
    const uid = process.getuid?.() || 1000
    return config.docker.user ?? `${uid}:${uid === 1000 ? 1000 : process.getgid?.()}`
  }

  const formed = (scope: Scope) => {
    const { config, folder, workspace } = scope
    const own = [
      paths.state,
      ...(dirname(paths.config) === paths.home ? [paths.config] : [dirname(paths.config)]),
    ]
    const binds = [
      { from: folder, to: config.docker.workdir, writable: true },
      ...(config.workspaceAccess === "ro"
        ? [{ from: workspace, to: agentFolder, writable: false }]
        : []),
      ...config.docker.binds.map((bind) => readBind(bind, { home: paths.home, own })),
    ]
    const flags = containerFlags({ ...config.docker, user: userOf(scope) }, binds)
    return { flags, form: formOf(config.docker, flags) }
  }

  const inspect = async (container: string) => {
    const format = `{{.State.Running}} {{index .Config.Labels "${labels.config}"}} {{index .Config.Labels "${labels.instance}"}}`
    const { code, out } = await docker.run(["container", "inspect", "--format", format, container])
    const [running, form, whose] = code === 0 ? out.split(" ") : []
    return running === undefined
      ? undefined
      : { running: running === "true", form, ours: whose === instance }
  }

  /** Somebody else may have been quicker. */
  const discard = async (container: string) => {
    const { code, err } = await docker.run(["rm", "--force", container])
    if (code !== 0 && !/no such container/i.test(err))
      throw dockerRefused({ what: "remove the container", reason: err })
  }

  const make = async (scope: Scope, { flags, form }: ReturnType<typeof formed>, whose: Whose) => {
    const { container, folder, workspace, config, key } = scope
    if (config.workspaceAccess !== "rw") furnish(folder, workspace, userOf(scope))
    const { code } = await docker.run([
      "image",
      "inspect",
      "--format",
      "{{.Id}}",
      config.docker.image,
    ])
    if (code !== 0) throw noImage({ image: config.docker.image })
    const labelled = { instance, scope: key, agent: whose.agentId, config: form }
    await docker.must("make the container", [
      "create",
      "--pull",
      "never",
      "--name",
      container,
      ...Object.entries(labelled).flatMap(([name, value]) => [
        "--label",
        `${labels[name as keyof typeof labels]}=${value}`,
      ]),
      ...flags,
      config.docker.image,
      "sleep",
      "infinity",
    ])
    log.info("sandbox made", { container, scope: key, image: config.docker.image })
    await docker.must("start the container", ["start", container])
    const setup = config.docker.setupCommand?.trim()
    if (!setup) return
    const ran = await docker.run(["exec", container, "sh", "-lc", setup], setupMs)
    if (ran.code === 0) return
    await discard(container)
    throw setupFailed({ reason: (ran.err || ran.out || `code ${ran.code}`).slice(-1000) })
  }

  const ensure = async (scope: Scope, whose: Whose) => {
    const wanted = formed(scope)
    await docker.require()
    const found = await inspect(scope.container)
    if (found?.form === wanted.form && found.ours) {
      if (!found.running) await docker.must("start the container", ["start", scope.container])
      return
    }
    if (found) {
      log.info("sandbox is made anew: its settings have changed", { container: scope.container })
      await discard(scope.container)
    }
    await make(scope, wanted, whose)
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
      await inTurn(container, () => ensure(scope, whose))
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
        flags,
      }
    },
    prune,
    close: stop,
  }
}
