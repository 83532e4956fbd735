import { realpathSync } from "node:fs"
import { basename, dirname, isAbsolute, join, normalize, relative, sep } from "node:path"
import { badBind } from "./faults.ts"

export interface Bind {
  from: string
  to: string
  writable: boolean
}

/** Who holds one of these holds the machine, or can look into everything on it. */
const system = [
  "/etc",
  "/proc",
  "/sys",
  "/dev",
  "/boot",
  "/root",
  "/run",
  "/var/run",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/usr/bin",
  "/usr/sbin",
  "/usr/lib",
  "/var/lib/docker",
  "/var/lib/containerd",
  "/private/etc",
  "/private/var/run",
  "/System",
  "/Library",
]

/** What is used to sign in elsewhere, below a home. */
const credentials = [
  ".ssh",
  ".gnupg",
  ".aws",
  ".azure",
  ".kube",
  ".docker",
  ".config/gcloud",
  ".config/gh",
  ".config/op",
  ".netrc",
  ".npmrc",
  ".pypirc",
  ".git-credentials",
  ".password-store",
  ".cargo/credentials.toml",
  ".local/share/keyrings",
  "Library/Keychains",
  ".codex",
  ".claude",
  ".fased",
  ".openclaw",
]

/** Places in a container that are not to be covered. */
const kept = ["/proc", "/sys", "/dev", "/etc", "/bin", "/sbin", "/lib", "/lib64", "/usr"]

const within = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** Reads `/from:/to[:ro|rw]` and refuses what would open this machine; read-only unless it says otherwise. */
export const readBind = (
  written: string,
  { home, own }: { home: string; own: readonly string[] },
): Bind => {
  const refuse = (why: string) => badBind({ bind: written, why })
  const [from = "", to = "", mode = "ro", ...rest] = written.split(":")
  if (rest.length || !["ro", "rw"].includes(mode))
    throw refuse("it is not written as /from:/to, /from:/to:ro or /from:/to:rw")
  if (!isAbsolute(from) || !isAbsolute(to)) throw refuse("both paths are to be absolute")
  if (/[,"\n\r\0]/.test(written)) throw refuse("it holds a character that Docker would misread")
  const target = normalize(to).replace(/(.)\/+$/, "$1")
  if (target === "/" || kept.some((place) => within(place, target)))
    throw refuse(`${target} is the container's own`)
  for (const path of new Set([normalize(from), real(from)])) {
    const around = [...system, ...own.flatMap((place) => [place, real(place)])]
    const secret = credentials.flatMap((name) => [join(home, name), real(join(home, name))])
    if (/(?:^|\/)(?:docker|containerd|podman|crio)\.sock$/.test(path))
      throw refuse("it is the socket of a container engine")
    const hit = around.find((place) => within(place, path) || within(path, place))
    if (hit)
      throw refuse(
        `${within(hit, path) ? "it belongs to" : "it holds"} ${hit}, which the system or fased keeps for itself`,
      )
    const key = secret.find((place) => within(place, path) || within(path, place))
    if (key)
      throw refuse(
        `${within(key, path) ? "it belongs to" : "it may hold"} ${key}, where credentials are kept`,
      )
  }
  return { from: real(from), to: target, writable: mode === "rw" }
}

/** The path with every link resolved, as far as it exists. */
const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(real(above), basename(path))
  }
}
