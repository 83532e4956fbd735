import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Env } from "../config/paths.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import type { Clock } from "../kernel/clock.ts"
import { copyPlain } from "../store/copy-plain.ts"
import { privateFolder } from "../store/files.ts"
import { badPlugin, notInstalled } from "./faults.ts"
import { pluginsFolder, readManifest } from "./load.ts"
import type { Manifest } from "./manifest.ts"

const mostBytes = 50_000_000
const mostFiles = 2_000
const installMs = 300_000

/** A plugin laid out beside its place, not in use yet. */
export interface Staged {
  manifest: Manifest
  /** Packages it brings, by name and version. */
  packages: readonly string[]
  /** Fetches its packages and puts it into its place, in one step. */
  commit(): Promise<string>
  /** Takes it away again. */
  drop(): Promise<void>
}

/**
 * Lays a plugin out, from the files of one that the program carries or from a folder, and reads what
 * it is. None of it is run, and none of its packages' scripts ever is.
 */
export const stage = async (
  source: { folder: string } | { files: Readonly<Record<string, string>> },
  options: { state: string; env: Env; execPath: string; clock: Clock },
): Promise<Staged> => {
  const place = privateFolder(pluginsFolder(options.state))
  const staging = await mkdtemp(join(place, ".staging-"))
  const drop = () => rm(staging, { recursive: true, force: true })
  try {
    if ("folder" in source) {
      const { folder } = source
      await copyPlain(folder, staging, {
        mostFiles,
        mostBytes,
        refuse: (problem) => badPlugin({ folder, problem }),
      })
    } else
      for (const [name, text] of Object.entries(source.files)) {
        const file = join(staging, name)
        await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        await writeFile(file, text, { mode: 0o600 })
      }
    const manifest = readManifest(staging)
    const packages = await packagesOf(staging)
    return {
      manifest,
      packages,
      drop,
      async commit() {
        if (packages.length) await fetchPackages(manifest.id, staging, options)
        const target = join(place, manifest.id)
        const old = `${staging}-old`
        const had = await rename(target, old).then(
          () => true,
          () => false,
        )
        try {
          await rename(staging, target)
        } catch (error) {
          if (had) await rename(old, target)
          throw error
        }
        await rm(old, { recursive: true, force: true })
        return target
      },
    }
  } catch (error) {
    await drop()
    throw error
  }
}

const packagesOf = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder)
  if (!names.includes("package.json")) return []
  const { dependencies = {} } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  ) as {
    dependencies?: Record<string, string>
  }
  const packages = Object.entries(dependencies)
  const loose = packages.find(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
  if (loose)
    throw badPlugin({ folder, problem: `the version of ${loose[0]} is not pinned (${loose[1]})` })
  if (packages.length && !names.includes("bun.lock"))
    throw badPlugin({ folder, problem: "it needs packages and brings no bun.lock that pins them" })
  return packages.map(([name, version]) => `${name}@${version}`)
}

/** This program is its own package manager; what the lock does not name by its hash is refused. */
const fetchPackages = async (
  id: string,
  cwd: string,
  { env, execPath, clock }: { env: Env; execPath: string; clock: Clock },
) => {
  const child = Bun.spawn(
    // What a package would only like to have beside it (`peer`) is not fetched unasked.
    [execPath, "install", "--frozen-lockfile", "--ignore-scripts", "--production", "--omit=peer"],
    {
      cwd,
      env: { ...cleanEnvironment(env), BUN_BE_BUN: "1" },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    },
  )
  const cancel = clock.after(installMs, () => child.kill("SIGKILL"))
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
  cancel()
  if (code === 0) return
  const problem = said.trim().split("\n").slice(-3).join(" ").slice(0, 500)
  throw notInstalled({ id, problem: `its packages could not be fetched: ${problem}` })
}
