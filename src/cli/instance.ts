import { X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import type { GatewaySettings, TargetSources } from "../client/target.ts"
import { readLastGood } from "../config/backups.ts"
import { withBlock } from "../config/environment.ts"
import { compose } from "../config/include.ts"
import { parseQuickly } from "../config/parse.ts"
import type { Env, Paths } from "../config/paths.ts"
import { isTree, parsePath, type Tree, withValue } from "../config/path.ts"
import { formatOf, readText } from "../config/read-text.ts"
import { substitute } from "../config/substitute.ts"
import { namedFile, ownCertificatePath } from "../gateway/tls-files.ts"
import { readHolder } from "../store/lock.ts"
import type { Holder } from "../store/lock.ts"
import type { Context } from "./command.ts"

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** What this instance's gateway wrote down, if that process is still there. */
export const runningHolder = (state: string): Holder | undefined => {
  const holder = readHolder(state)
  return holder && isAlive(holder.pid) ? holder : undefined
}

/**
 * A section of the config as far as it can be read. A client needs a port and a credential even when
 * the rest of the file is broken, so nothing is validated here; of a file that cannot be read at all,
 * the one from when it was last good speaks.
 */
export const readSettings = (section: string, paths: Paths, env: Env): Tree => {
  const parsed = parseLoosely(paths.config) ?? parseLoosely(readLastGood(paths)?.path)
  const written = parsed?.[section]
  if (!parsed || !isTree(written)) return {}
  const { value, issues } = substitute(written, withBlock(parsed, env).env)
  // A secret whose variable is not set is no secret at all.
  return issues.reduce((tree, { path }) => withValue(tree, parsePath(path), {}), value)
}

export const readGatewaySettings = (paths: Paths, env: Env): GatewaySettings =>
  readSettings("gateway", paths, env)

const parseLoosely = (path: string | undefined): Tree | undefined => {
  const { text } = path === undefined ? {} : readText(path)
  if (path === undefined || text === undefined) return undefined
  const parsed = parseQuickly(text, formatOf(path))
  return "value" in parsed && isTree(parsed.value) ? compose(parsed.value, path).value : undefined
}

/** SHA-256 of the certificate in the file this instance's gateway serves it from. */
const ownFingerprint = ({ certPath }: NonNullable<GatewaySettings["tls"]>, paths: Paths) => {
  const isNamed = typeof certPath === "string"
  const path = isNamed ? namedFile(certPath, paths) : ownCertificatePath(paths.state)
  try {
    return new X509Certificate(readFileSync(path)).fingerprint256
  } catch {
    return undefined
  }
}

/** Everything that decides which gateway a command talks to. */
export const targetSources = (
  { paths, env }: Pick<Context, "paths" | "env">,
  flags: TargetSources["flags"] = {},
): TargetSources => {
  const gateway = readGatewaySettings(paths, env)
  return {
    flags,
    env,
    gateway,
    announced: runningHolder(paths.state),
    ownFingerprint: () => ownFingerprint(gateway.tls ?? {}, paths),
    defaultPort: paths.defaultPort,
  }
}
