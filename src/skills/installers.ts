/** How programs that a skill needs are installed. Only an operator starts one. */
import type { SkillsConfig } from "./config.ts"
import { unknownInstaller } from "./faults.ts"
import type { InstallerSpec, Manifest } from "./manifest.ts"

export interface Installer {
  id: string
  label: string
  /** Programs it brings. */
  bins: readonly string[]
  /** The words of the command it runs; no shell reads them. */
  command: readonly string[]
}

type Install = SkillsConfig["install"]

/** Names of packages as these tools take them: never an option, a path or a second word. */
const packageName = /^@?[A-Za-z0-9][A-Za-z0-9._+-]*(?:[/@][A-Za-z0-9._+-]+)*$/

const commands: Record<
  Exclude<InstallerSpec["kind"], "download">,
  (spec: InstallerSpec, install: Install) => readonly string[] | undefined
> = {
  brew: ({ formula }) => named(formula, (name) => ["brew", "install", name]),
  uv: ({ package: name }) => named(name, (name) => ["uv", "tool", "install", name]),
  go: ({ module }) => named(module, (name) => ["go", "install", name]),
  node: ({ package: name }, { nodeManager }) =>
    named(name, (name) =>
      nodeManager === "npm"
        ? ["npm", "install", "--global", "--ignore-scripts", name]
        : [nodeManager, "add", "--global", "--ignore-scripts", name],
    ),
}

const named = (name: string | undefined, words: (name: string) => readonly string[]) =>
  name && packageName.test(name) && !name.includes("..") ? words(name) : undefined

const order = ["brew", "uv", "node", "go"] as const

/** What a skill offers for this machine, the one to take first at the head. */
export const installersFor = (
  { install: specs }: Pick<Manifest, "install">,
  install: Install,
  platform: string,
): Installer[] =>
  specs
    .filter(({ os }) => !os.length || os.includes(platform))
    .flatMap((spec, at) => {
      if (spec.kind === "download") return []
      const command = commands[spec.kind](spec, install)
      if (!command) return []
      const id = spec.id ?? `${spec.kind}-${at + 1}`
      const label = spec.label ?? command.join(" ")
      return [{ id, label, bins: spec.bins, command, rank: rankOf(spec.kind, install) }]
    })
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ rank: _, ...installer }) => installer)

const rankOf = (kind: (typeof order)[number], { preferBrew }: Install) =>
  kind === "brew" && !preferBrew ? order.length : order.indexOf(kind)

export const findInstaller = (installers: readonly Installer[], id: string): Installer => {
  const found = installers.find((installer) => installer.id === id)
  if (!found) throw unknownInstaller({ id, known: installers.map(({ id }) => id) })
  return found
}

const mostOutput = 20_000

/** Runs it with no more of the environment than it needs to find its way. */
export const runInstaller = async (
  { command }: Installer,
  {
    env,
    signal,
    timeoutMs,
    folder,
  }: {
    env: Readonly<Record<string, string>>
    signal: AbortSignal
    timeoutMs: number
    folder: string
  },
) => {
  const [name = "", ...words] = command
  const program = Bun.which(name, { PATH: env.PATH ?? "" })
  if (!program) return { ok: false, code: null, message: `${name} is not installed.`, output: "" }
  const child = Bun.spawn([program, ...words], {
    cwd: folder,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    signal,
    timeout: timeoutMs,
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  const output = `${out}${err}`.slice(-mostOutput).toWellFormed()
  const message = code === 0 ? "Installed." : `${command.join(" ")} ended with code ${code}.`
  return { ok: code === 0, code, message, output }
}

const needed = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "GOPATH", "GOBIN", "HOMEBREW_PREFIX"]

export const installerEnvironment = (env: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    needed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  ) as Record<string, string>
