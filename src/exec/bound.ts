import { statSync } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"

/** Words of a command looked up as files. */
const mostWords = 64

const scripts = /\.(?:sh|bash|zsh|py|js|mjs|cjs|ts|rb|pl|php|lua|r|awk|sed|jar|ps1|mk)$/i

/**
 * What a command would really run, as a token that differs as soon as one of it does: the folder,
 * the shell, and every program and script its words name. Compared before and after a decision.
 */
export const bindingOf = (what: {
  command: string
  shell: string
  cwd: string
  path: string
}): string => {
  const folders = what.path.split(delimiter)
  const words = what.command.split(/[\s;&|<>()'"`$={},]+/).filter(Boolean)
  const named = [...new Set(words)].slice(0, mostWords).flatMap((word) => {
    const places =
      word.includes("/") || scripts.test(word)
        ? [isAbsolute(word) ? word : join(what.cwd, word)]
        : folders.map((folder) => join(folder, word))
    const found = places
      .map((place) => ({ place, stats: look(place) }))
      .find(({ stats }) => stats?.isFile())
    const runs = found?.stats && (found.stats.mode & 0o111 || scripts.test(word))
    return runs ? [token(found.place)] : []
  })
  return [token(what.cwd, true), token(what.shell), ...named].join("\n")
}

const look = (path: string) => {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: false })
  } catch {
    return undefined
  }
}

const token = (path: string, folder = false) => {
  const stats = look(path)
  if (!stats) return `${path} -`
  const { dev, ino, size, mtimeMs, ctimeMs } = stats
  return folder ? `${path} ${dev}:${ino}` : `${path} ${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`
}
