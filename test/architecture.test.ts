import { expect, test } from "bun:test"
import { type Import, readSources } from "./support/source-tree.ts"

/** Top to bottom; imports point down. A file directly in src/ counts as a folder of its name. */
const layers = [
  ["main", "cli", "ui"],
  ["app", "ground", "registry", "gateway", "pipeline"],
  [
    "cron",
    "heartbeat",
    "hooks",
    "webhooks",
    "v1",
    "doctor",
    "security",
    "service",
    "update",
    "backup",
    "onboard",
    "node-host",
  ],
  ["inbox", "access", "routing", "agent", "outbox", "plugins"],
  [
    "approvals",
    "exec",
    "sandbox",
    "channels",
    "models",
    "media",
    "mcp",
    "services",
    "usage",
    "web",
    "tools",
    "sessions",
    "memory",
    "skills",
    "nodes",
    "devices",
    "discovery",
    "client",
  ],
  ["agents"],
  ["secrets"],
  ["config", "logs", "net", "store"],
  ["kernel"],
]

/** Who may do what nobody else may, and why. A path ending in / is a whole folder. */
const allowed = {
  network: {
    "src/net/hop.ts": "one judged request of the guarded fetch",
    "src/net/connections.ts": "the connections of streamed answers, at judged addresses",
    "src/mcp/http.ts": "the one way to an MCP server, at the address the operator wrote down",
    "src/channels/signal/rpc.ts": "asks the signal-cli daemon, ours or the one the operator named",
    "src/channels/slack/api.ts": "asks Slack's own hosts, and no other",
    "src/channels/slack/socket.ts": "opens the socket that Slack names for the account",
    "src/models/provider-fetch.ts": "the one guarded way to a model provider",
    "src/channels/discord/gateway.ts": "the socket Discord named, for the bot's own token",
    "src/channels/discord/rest.ts":
      "the one way to Discord, at the address the operator wrote down",
    "src/channels/telegram/api.ts":
      "the one way to Telegram, at the address the operator wrote down",
    "src/client/": "the way to a gateway",
    "src/cli/": "asks the operator's own gateway",
    "src/security/probe.ts":
      "knocks at this machine's own gateway, as a stranger and without a secret",
    "src/ui/": "the browser asks the gateway that served it",
    "src/update/download.ts": "the one way to a release",
    "src/plugins/example/index.ts": "what a plugin does, in a process of its own",
    "src/onboard/model-servers.ts": "asks this machine's own ports for model servers",
  },
  time: {
    "src/kernel/clock.ts": "the clock itself",
    "src/client/device.ts": "a proof is signed for this moment",
    "src/store/database.ts": "stamps a migration before there are services",
    "src/cli/": "a command's own moment",
    "src/ui/": "the browser's clock",
  },
  environment: {
    "src/main.ts": "the edge",
    "src/cli/restart-in-place.ts": "hands it to its successor as it was",
  },
  neighbours: {
    "src/store/files.ts": "atomic files, for whatever is kept on disk",
    "src/store/lock.ts": "one process at a time, for whatever is kept on disk",
    "src/client/wire.ts": "the words both ends of the wire use",
    "src/store/private-places.ts": "what must be private, for whoever looks",
    "src/exec/environment.ts": "what no program may inherit, for whoever starts one",
    "src/exec/group.ts": "ends a program with all it started, for whoever starts one",
    "src/config/checks.ts": "the ground that other checks stand on",
  },
} satisfies Record<string, Record<string, string>>

const isAllowed = (list: Record<string, string>, path: string) =>
  Object.keys(list).some((entry) => (entry.endsWith("/") ? path.startsWith(entry) : path === entry))

const sources = await readSources("src")
const imports = sources.flatMap((source) => source.imports)

const folderOf = (path: string) => path.split("/")[1]!.replace(/\.tsx?$/, "")
const layerOf = (path: string) => layers.findIndex((layer) => layer.includes(folderOf(path)))
const isAsset = ({ target }: Import) => !/\.tsx?$/.test(target)

/** Imports of our own files that leave their folder. */
const crossing = imports.filter(
  (one) => one.relative && !isAsset(one) && folderOf(one.file) !== folderOf(one.target),
)
/** Types and services are the names that begin with a capital. */
const onlyDeclares = ({ typeOnly, names }: Import) =>
  typeOnly || (names.length > 0 && names.every((name) => /^[A-Z]/.test(name)))

const told = ({ file, target }: Import) => `${file} → ${target}`
const using = (pattern: RegExp, list: Record<string, string>) =>
  sources.flatMap(({ path, code }) => (pattern.test(code) && !isAllowed(list, path) ? [path] : []))

test("every folder of src has its place in a layer", () => {
  expect(sources.map(({ path }) => path).filter((path) => layerOf(path) < 0)).toEqual([])
})

test("imports point down", () => {
  const upward = crossing.filter(({ file, target }) => layerOf(target) < layerOf(file))
  expect(upward.map(told)).toEqual([])
})

test("folders of one layer share only types and services", () => {
  const entries = new Set(["main", "app", "ground", "registry", "pipeline"])
  const sideways = crossing.filter(
    (one) =>
      layerOf(one.target) === layerOf(one.file) &&
      !entries.has(folderOf(one.file)) &&
      !onlyDeclares(one) &&
      !isAllowed(allowed.neighbours, one.target),
  )
  expect(sideways.map(told)).toEqual([])
})

test("no two folders need each other's work", () => {
  const needs = new Map<string, Set<string>>()
  for (const one of crossing.filter((one) => !onlyDeclares(one))) {
    const from = folderOf(one.file)
    needs.set(from, (needs.get(from) ?? new Set()).add(folderOf(one.target)))
  }
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(needs.get(from) ?? [])].some(
      (next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))),
    )
  expect([...needs.keys()].filter((folder) => reaches(folder, folder))).toEqual([])
})

test("the control UI takes only types from the rest", () => {
  const taken = crossing.filter((one) => folderOf(one.file) === "ui" && !one.typeOnly)
  expect(taken.map(told)).toEqual([])
})

test("imports of our own files name the file, extension included", () => {
  const vague = imports.filter(({ relative, target }) => relative && !/\.[a-z0-9]+$/.test(target))
  expect(vague.map(told)).toEqual([])
})

test("nobody imports the ws package, which Bun replaces by a shim without its limits", () => {
  expect(imports.filter(({ target }) => target === "ws").map(told)).toEqual([])
})

test("the network is reached only where it is guarded", () => {
  expect(
    using(
      /(?<![.\w])fetch\(|\bnew WebSocket\(|\bBun\.connect\(|\b(?:from |import\()"(?:node:)?(?:https?|http2|undici)"/,
      allowed.network,
    ),
  ).toEqual([])
})

test("the time comes from the clock", () => {
  expect(using(/\bDate\.now\(|\bnew Date\(\)/, allowed.time)).toEqual([])
})

test("the environment is read at the edge", () => {
  expect(using(/\bprocess\.env\b|\bBun\.env\b/, allowed.environment)).toEqual([])
})

test("files are named for the idea in them, in kebab-case", async () => {
  const everywhere = [...sources, ...(await readSources("test")), ...(await readSources("build"))]
  const names = everywhere.map(({ path }) => path)
  const vague = /(?:^|\/)(?:utils?|helpers?|types?|common|misc|part-\d+)\.|\.impl\./
  expect(names.filter((path) => !/^[a-z0-9/.-]+$/.test(path))).toEqual([])
  expect(names.filter((path) => vague.test(path))).toEqual([])
})
