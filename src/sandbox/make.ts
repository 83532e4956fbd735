import { dirname } from "node:path"
import type { Paths } from "../config/paths.ts"
import type { Log } from "../kernel/log.ts"
import { readBind } from "./binds.ts"
import { containerFlags, formOf, labels } from "./container.ts"
import type { Docker } from "./docker.ts"
import { dockerRefused, noImage, setupFailed } from "./faults.ts"
import { furnish } from "./furnish.ts"
import { agentFolder, instanceOf, type Scope } from "./scope.ts"

const setupMs = 10 * 60_000

/** Makes containers, and sees that they are as the config wants them. */
export const createMaker = ({ docker, paths, log }: { docker: Docker; paths: Paths; log: Log }) => {
  const instance = instanceOf(paths)

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

  const make = async (
    scope: Scope,
    { flags, form }: ReturnType<typeof formed>,
    agentId: string,
  ) => {
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
    const labelled = { instance, scope: key, agent: agentId, config: form }
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

  const ensure = async (scope: Scope, agentId: string) => {
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
    await make(scope, wanted, agentId)
  }

  return { formed, ensure, discard }
}
