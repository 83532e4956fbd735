/** What is to be installed, brought into memory from wherever it lies. */
import { existsSync, statSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import { join, relative, resolve } from "node:path"
import * as z from "zod"
import type { GuardedFetch } from "../../net/guarded-fetch.ts"
import { badSpec, digestNeeded, fetchFailed } from "../faults.ts"
import { digestOf, requireDigest } from "./digest.ts"
import { judgeNames, limits, meter, type Packed, refuse } from "./packed.ts"
import { unpack } from "./unpack.ts"

export interface Fetched {
  files: readonly Packed[]
  /** As it is asked for again. */
  spec: string
  integrity: string
  version?: string
  /** It lay on this machine as a folder: the operator's own. */
  own: boolean
}

interface FetchNeeds {
  fetch: GuardedFetch
  signal: AbortSignal
  /** What a relative path starts from. */
  cwd: string
  /** npm registry. */
  registry?: string
}

const registryUrl = "https://registry.npmjs.org"
const npmSpec =
  /^npm:((?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*)(?:@([A-Za-z0-9][A-Za-z0-9._+-]*))?$/
const pinned = /@(sha(?:256|384|512):[0-9a-f]+)$/i

/** Reads a folder, an archive, an https address of one, or `npm:<package>[@version]`. */
export const fetchSkill = async (
  written: string,
  { integrity: wanted, ...needs }: FetchNeeds & { integrity?: string },
): Promise<Fetched> => {
  const pin = pinned.exec(written)
  const spec = pin ? written.slice(0, pin.index) : written
  const integrity = pin?.[1] ?? wanted
  if (spec.startsWith("npm:")) return fromNpm(spec, integrity, needs)
  if (/^https:\/\//i.test(spec)) {
    const bytes = await download(spec, needs)
    return fromArchive(bytes, spec, integrity)
  }
  const path = resolve(needs.cwd, spec)
  if (!existsSync(path)) throw badSpec({ spec })
  if (statSync(path).isDirectory()) return fromFolder(path)
  if (statSync(path).size > limits.archiveBytes)
    return refuse(`it is larger than ${limits.archiveBytes / 1_000_000} MB`)
  return fromArchive(await readFile(path), path, integrity)
}

const fromArchive = (bytes: Buffer, spec: string, integrity: string | undefined): Fetched => {
  if (!integrity) throw digestNeeded({ actual: digestOf(bytes) })
  requireDigest(bytes, integrity)
  return { files: unpack(bytes), spec, integrity: digestOf(bytes), own: false }
}

const release = z.object({
  version: z.string().max(100),
  dist: z.object({ tarball: z.url({ protocol: /^https$/ }), integrity: z.string().max(200) }),
})

/** The registry names the digest, and the archive has to have it. No script of a package is run. */
const fromNpm = async (
  spec: string,
  integrity: string | undefined,
  needs: FetchNeeds,
): Promise<Fetched> => {
  const [, name, version = "latest"] = npmSpec.exec(spec) ?? []
  if (!name) throw badSpec({ spec })
  const { registry = registryUrl } = needs
  const page = await download(`${registry}/${name.replace("/", "%2f")}/${version}`, needs)
  const parsed = release.safeParse(jsonOf(page))
  if (!parsed.success)
    throw fetchFailed({ what: spec, why: "the registry names no archive with a digest" })
  const { dist, version: found } = parsed.data
  const bytes = await download(dist.tarball, needs)
  requireDigest(bytes, dist.integrity)
  if (integrity) requireDigest(bytes, integrity)
  return {
    files: unpack(bytes),
    spec: `npm:${name}`,
    integrity: digestOf(bytes),
    version: found,
    own: false,
  }
}

const jsonOf = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"))
  } catch {
    return undefined
  }
}

const download = async (url: string, { fetch: guarded, signal }: FetchNeeds): Promise<Buffer> => {
  const answer = await guarded(url, { signal, timeoutMs: 60_000, maxBytes: limits.archiveBytes })
  if (answer.status !== 200)
    throw fetchFailed({ what: url, why: `the answer was ${answer.status}` })
  if (answer.cut)
    throw fetchFailed({ what: url, why: `it is larger than ${limits.archiveBytes / 1_000_000} MB` })
  return Buffer.from(answer.body)
}

/** A folder as it is, without what git and package managers keep in it. */
const fromFolder = async (folder: string): Promise<Fetched> => {
  const measure = meter(limits.totalBytes)
  const files: Packed[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    const path = relative(folder, file)
    if (path.split("/").some((step) => left.has(step)) || entry.isDirectory()) continue
    if (!entry.isFile()) refuse(`${JSON.stringify(path.slice(0, 80))} is a link or a device`)
    measure.entry()
    measure.bytes(statSync(file).size)
    const executable = Boolean(statSync(file).mode & 0o100)
    files.push({ path, bytes: await readFile(file), executable })
  }
  if (!files.some(({ path }) => path === "SKILL.md")) refuse("it holds no SKILL.md")
  judgeNames(files.map(({ path }) => path))
  const integrity = digestOf(
    Buffer.concat(
      files
        .toSorted((a, b) => (a.path < b.path ? -1 : 1))
        .flatMap(({ path, bytes }) => [Buffer.from(`${path}\0${bytes.length}\0`), bytes]),
    ),
  )
  return { files, spec: folder, integrity, own: true }
}
const left = new Set([".git", "node_modules", ".fased", ".clawhub", ".DS_Store"])
