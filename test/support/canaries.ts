import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { hintsOf } from "../../src/config/hints.ts"
import { parsePath, type Tree, withValue } from "../../src/config/path.ts"
import { fileSchema } from "../../src/config/schema.ts"
import { sections } from "../../src/registry.ts"
import { writeFileAtomic } from "../../src/store/files.ts"

/** A secret that is told from everything else, wherever it turns up. */
export const canary = (at: number) => `canary-${at}-${"k7Qz9Xw2".repeat(4)}`

/** A canary as it is, in base64 or in hexadecimal. */
export const trace = /canary-\d+-k7|Y2FuYXJ5L|63616e6172792d/

/** Every path of the schema that says it holds a secret; `*` is any name. */
export const secretPaths = Object.entries(hintsOf(fileSchema(sections)))
  .filter(([, { sensitive }]) => sensitive)
  .map(([path]) => path)

/** The same with names for `*`; variables have names of their own kind, each its own. */
const paths = secretPaths.map((path, at) =>
  path
    .replace(/^agents\.list\.\*/, "agents.list[0]")
    .replace(/^hooks\.mappings\.\*/, "hooks.mappings[0]")
    .replaceAll("*", path.startsWith("env.") ? `MINE_${at}` : "mine"),
)

export const ownToken = canary(secretPaths.indexOf("gateway.auth.token"))

export interface Planted {
  config: Tree
  env: Record<string, string>
}

/** How a secret may be written down. */
export const ways = ["inline", "variable", "env", "file", "exec"] as const
export type Way = (typeof ways)[number]

const written: Record<Way, (at: number) => unknown> = {
  inline: canary,
  variable: (at) => `\${CANARY_${at}}`,
  env: (at) => ({ source: "env", id: `CANARY_${at}` }),
  file: (at) => ({ source: "file", id: `/nest/${at}` }),
  exec: (at) => ({ source: "exec", provider: "cage", id: `nest/${at}` }),
}

/** Where the command that gives canaries away notes what it was started with. */
export const startedWith = (home: string) => join(home, "started-with")

/** A working config with every secret there is, written so, and what it takes to fetch them. */
export const plant = (way: Way, home: string): Planted => {
  const base: Tree = {
    gateway: { mode: "local", auth: { mode: "token" } },
    agents: {
      // Nothing that is called for embeddings may be outside.
      defaults: { memorySearch: { remote: { baseUrl: "http://127.0.0.1:1/v1" } } },
      list: [{ id: "main" }],
    },
    hooks: {
      enabled: true,
      mappings: [
        { match: { path: "push" }, messageTemplate: "pushed", auth: { scheme: "github" } },
      ],
    },
    mcp: { servers: { mine: { command: "/nowhere/mine" } } },
  }
  const config = paths.reduce(
    (tree, path, at) => withValue(tree, parsePath(path), { value: written[way](at) }),
    base,
  )
  if (way === "file") {
    const nest = Object.fromEntries(paths.map((_, at) => [at, canary(at)]))
    writeFileAtomic(join(home, ".fased/secrets.json"), JSON.stringify({ nest }))
  }
  const inEnv = way === "variable" || way === "env"
  return {
    config: way === "exec" ? { ...config, secrets: cage(home) } : config,
    env: inEnv ? Object.fromEntries(paths.map((_, at) => [`CANARY_${at}`, canary(at)])) : {},
  }
}

const cage = (home: string) => {
  const command = join(home, "cage")
  const known = Object.fromEntries(paths.map((_, at) => [`nest/${at}`, canary(at)]))
  const script = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs")
for (const of of ["cmdline", "environ"])
  appendFileSync(${JSON.stringify(startedWith(home))}, readFileSync("/proc/self/" + of), { mode: 0o600 })
const { ids } = JSON.parse(readFileSync(0, "utf8"))
const known = ${JSON.stringify(known)}
const values = Object.fromEntries(ids.map((id) => [id, known[id]]))
console.log(JSON.stringify({ protocolVersion: 1, values }))
`
  writeFileSync(command, script, { mode: 0o700 })
  return { providers: { cage: { source: "exec", command } } }
}
