import { judgeNames, limits, type Packed, refuse } from "./packed.ts"
import { gunzipped, readTar } from "./tar.ts"
import { readZip } from "./zip.ts"

/** The files of the one skill in an archive, by their paths in its folder. */
export const unpack = (bytes: Buffer): Packed[] => {
  if (bytes.length > limits.archiveBytes)
    refuse(`it is larger than ${limits.archiveBytes / 1_000_000} MB`)
  const files = read(bytes).filter(({ path }) => !isDebris(path))
  judgeNames(files.map(({ path }) => path))
  return ofSkill(files)
}

/** Told by its first bytes, whatever it is called. */
const read = (bytes: Buffer): Packed[] => {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readZip(bytes)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return plainTar(gunzipped(bytes))
  return plainTar(bytes)
}

const plainTar = (bytes: Buffer) =>
  bytes.toString("latin1", 257, 262) === "ustar"
    ? readTar(bytes)
    : refuse("it is no zip and no tar")

/** What a Mac leaves in archives. */
const isDebris = (path: string) => /^__MACOSX\/|(?:^|\/)\.DS_Store$/.test(path)

/** Also of an archive that has the skill in a folder, as most have. */
const ofSkill = (files: readonly Packed[]): Packed[] => {
  const folders = files
    .filter(({ path }) => /(?:^|\/)SKILL\.md$/.test(path))
    .map(({ path }) => path.slice(0, -"SKILL.md".length))
    .toSorted((a, b) => a.split("/").length - b.split("/").length)
  const [folder, next] = folders
  if (folder === undefined) return refuse("it holds no SKILL.md")
  if (next !== undefined && !next.startsWith(folder)) refuse("it holds more than one skill")
  return files
    .filter(({ path }) => path.startsWith(folder))
    .map((file) => ({ ...file, path: file.path.slice(folder.length) }))
}
