import { existsSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { storedTokens } from "./device-auth.ts"
import { deviceIdentity } from "./device.ts"

const keyFile = (state: string) => join(state, "identity", "device.json")
const tokenFile = (state: string) => join(state, "identity", "device-auth.json")

/** Without it no command can sign in. */
export const keyReadable = check({
  id: "client.key",
  title: "The key of this installation can be read",
  severity: "error",
  needs: { paths: Paths },
  detect({ paths: { state } }) {
    const path = keyFile(state)
    return existsSync(path) && identityIn(path) === undefined ? { path } : null
  },
  explain: ({ path }) =>
    `The key ${path}, by which gateways know this installation, cannot be read.`,
  fix: {
    describe: ({ path }) =>
      `Rename it to ${path}.damaged; a new one is made, and gateways elsewhere will ask to pair it.`,
    touches: ({ path }) => [path, `${path}.damaged`],
    apply: ({ path }) => renameSync(path, `${path}.damaged`),
  },
})

/** A token for another key opens nothing, and a gateway gives a new one for the asking. */
export const tokensFit = check({
  id: "client.tokens",
  title: "The tokens kept from gateways are for this installation's key",
  severity: "hint",
  after: [keyReadable],
  needs: { paths: Paths },
  detect({ paths: { state } }) {
    const path = tokenFile(state)
    if (!existsSync(path)) return null
    const gateways = storedTokens(state)?.gateways
    if (!gateways) return { path, stale: undefined }
    const id = existsSync(keyFile(state)) ? identityIn(keyFile(state)) : undefined
    const stale = Object.entries(gateways)
      .filter(([, roles]) => Object.values(roles).some(({ deviceId }) => deviceId !== id))
      .map(([url]) => url)
    return stale.length ? { path, stale } : null
  },
  explain: ({ path, stale }) =>
    stale
      ? `The tokens in ${path} for ${stale.join(", ")} belong to a key that is gone.`
      : `The tokens in ${path} cannot be read.`,
  fix: {
    migration: true,
    describe: ({ path }) => `Remove ${path}; gateways give new tokens when asked.`,
    touches: ({ path }) => [path],
    apply: ({ path }) => rmSync(path, { force: true }),
  },
})

const identityIn = (path: string) => {
  try {
    return deviceIdentity(JSON.parse(readFileSync(path, "utf8")).privateKey).id
  } catch {
    return undefined
  }
}
