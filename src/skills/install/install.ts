import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { privateFolder, writeFileAtomic } from "../../store/files.ts"
import { alreadyThere, badArchive, looksHarmful, permissionsGrown } from "../faults.ts"
import { inOneStep } from "../folders.ts"
import { type Manifest, parseManifest } from "../manifest.ts"
import { foreignOriginFile, type Origin, originFile } from "../origin.ts"
import type { Fetched } from "./fetched.ts"
import { scan } from "./scan.ts"

export interface Judged extends Fetched {
  manifest: Manifest
}

/** Looks through all that is to be installed. Throws what speaks against it. */
export const judgeFetched = async (fetched: Fetched): Promise<Judged> => {
  const main = fetched.files.find(({ path }) => path === "SKILL.md")
  if (!main) throw badArchive({ why: "it holds no SKILL.md" })
  if (fetched.files.some(({ path }) => /^\.(?:fased|clawhub|git)(?:\/|$)/i.test(path)))
    throw badArchive({ why: "it brings a note of where it came from, which is not its to write" })
  const findings = scan(fetched.files)
  if (findings.length) throw looksHarmful({ findings })
  const { manifest } = await parseManifest(main.bytes)
  return { ...fetched, manifest }
}

/** What a skill asks for on this machine; more of it after an update wants a yes. */
export const asksOf = ({ requires, primaryEnv, tool, always, install }: Manifest): string[] => [
  ...[...requires.bins, ...requires.anyBins].map((name) => `the program ${name}`),
  ...requires.env.map((name) => `the variable ${name}`),
  ...(primaryEnv ? [`a key in ${primaryEnv}`] : []),
  ...(tool ? [`the tool ${tool} without a model`] : []),
  ...(always ? ["to be offered whatever it lacks"] : []),
  ...install.map(({ kind, formula, package: name, module, url }) => {
    return `${kind} to install ${formula ?? name ?? module ?? url ?? "something"}`
  }),
]

/** Puts a judged skill into `root`, in one step, with a note of where it came from. */
export const placeSkill = async (
  { files, manifest, spec, integrity, version, own }: Judged,
  root: string,
  { force = false, now }: { force?: boolean; now: number },
) => {
  const folder = join(root, manifest.name)
  if (existsSync(folder) && !force)
    throw alreadyThere({ name: manifest.name, file: join(folder, "SKILL.md") })
  const origin: Origin = { spec, integrity, installedAt: now, own, ...(version && { version }) }
  await inOneStep(folder, async (fresh) => {
    for (const { path, bytes, executable } of files) {
      privateFolder(dirname(join(fresh, path)))
      writeFileAtomic(join(fresh, path), bytes, executable ? 0o700 : 0o600)
    }
    writeFileAtomic(join(fresh, originFile), JSON.stringify(origin, null, 2))
    if (!own)
      writeFileAtomic(join(fresh, foreignOriginFile), JSON.stringify({ spec, integrity }, null, 2))
  })
  return { folder, origin }
}

/** Refuses a newer version that asks for more than the one people said yes to. */
export const requireSameAsks = (before: Manifest, after: Manifest) => {
  const known = new Set(asksOf(before))
  const more = asksOf(after).filter((ask) => !known.has(ask))
  if (more.length) throw permissionsGrown({ name: after.name, more })
}
