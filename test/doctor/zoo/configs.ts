import { mkdirSync, rmSync, symlinkSync, truncateSync } from "node:fs"
import { auth, type Case, config, local, theConfig } from "./case.ts"
import { type Home, token } from "./home.ts"

const invalid = ["config.valid"]

export const configs: readonly Case[] = [
  {
    name: "a setting that nothing knows, deep in the file, among comments",
    break: ({ configure }) =>
      configure(`{ // mine
  gateway: { mode: "local", auth: { mode: "token", token: "${token}", tokne: "x" } }, // yes
  agents: { defaults: { workspce: "/x" } },
  nonsense: true,
}
`),
    finds: invalid,
    says: ["gateway.auth.tokne", "did you mean", "nonsense"],
    changes: [theConfig],
    mended({ read }) {
      const text = read(config)
      if (!text.includes("// mine") || !text.includes("// yes"))
        throw new Error("comments are gone")
      if (/tokne|workspce|nonsense/.test(text)) throw new Error(text)
    },
  },
  {
    name: "broken JSON5",
    break: ({ configure }) => configure('{\n  gateway: {\n    mode: "local",,\n  },\n}\n'),
    finds: invalid,
    says: ["line 3, column"],
  },
  {
    name: "a half-written config",
    break: ({ at }) => truncateSync(at(config), 150),
    finds: invalid,
    says: [/end of input|invalid/],
  },
  {
    name: "an empty config",
    break: ({ configure }) => configure(""),
    finds: ["gateway.startable"],
    says: ["set gateway.mode=local"],
  },
  {
    name: "a config that is a list",
    break: ({ configure }) => configure("[]"),
    finds: invalid,
    says: ["group of settings"],
  },
  {
    name: "a config that is a folder",
    break({ config }) {
      rmSync(config)
      mkdirSync(config, { mode: 0o700 })
    },
    finds: invalid,
    says: ["it is a folder"],
  },
  {
    name: "a link to a config that is gone",
    break({ config, at }) {
      rmSync(config)
      symlinkSync(at("elsewhere/fased.json"), config)
    },
    finds: ["config.link", "gateway.startable"],
    says: ["elsewhere/fased.json"],
  },
  {
    name: "a config that is not UTF-8",
    break: ({ write }) => write(config, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
    finds: invalid,
    says: ["not UTF-8"],
  },
  {
    name: "a config that is huge",
    break: ({ configure }) => configure(`{}${" ".repeat(9_000_000)}`),
    finds: invalid,
    says: ["larger than 8 MB"],
  },
  {
    name: "a config that includes itself",
    break(home) {
      home.configure('{ $include: "a.json" }')
      home.write(".fased/a.json", '{ "$include": "fased.json" }')
    },
    finds: invalid,
    says: [/include/],
  },
  {
    name: "a config that includes what lies outside",
    break: ({ configure }) => configure('{ $include: "/etc/passwd" }'),
    finds: invalid,
    says: [/include/],
  },
  {
    name: "a setting that stands twice",
    break: ({ configure }) =>
      configure(
        `{ gateway: { mode: "local", auth: { mode: "token", token: "${token}" }, port: 1, port: 19555 } }`,
      ),
    finds: ["config.names-once"],
    says: ["gateway.port"],
  },
  {
    name: "a value of the wrong kind",
    break: ({ configure }) => configure({ gateway: { ...local, port: "many" } }),
    finds: invalid,
    says: ["gateway.port"],
  },
  {
    name: "allowlists that are empty on purpose",
    break: ({ configure }) =>
      configure({
        gateway: { ...local, controlUi: { allowedOrigins: [] }, trustedProxies: [] },
        tools: { allow: [], deny: [] },
      }),
    finds: [],
  },
  {
    name: "a blank token",
    break: ({ configure }) =>
      configure({ gateway: { mode: "local", auth: { mode: "token", token: " " } } }),
    finds: ["gateway.guarded"],
    changes: [theConfig],
  },
  {
    name: "a token that is easily guessed",
    break: ({ configure }) =>
      configure({ gateway: { mode: "local", auth: { ...auth, token: "changeme" } } }),
    finds: ["gateway.guarded"],
    changes: [theConfig],
  },
  {
    name: "no token",
    break: ({ configure }) => configure({ gateway: { mode: "local", auth: { mode: "token" } } }),
    finds: ["gateway.guarded"],
    changes: [theConfig],
  },
  {
    name: "a token and a password, and no word which",
    break: ({ configure }) =>
      configure({ gateway: { mode: "local", auth: { token, password: `${token}-other` } } }),
    finds: ["gateway.startable"],
    says: ["fased config set gateway.auth.mode"],
  },
  {
    name: "a blank token in the environment, past a good one",
    break: ({ world }) => void (world.env.FASED_GATEWAY_TOKEN = "short"),
    finds: ["gateway.guarded"],
  },
  {
    name: "a secret that cannot be fetched",
    break: ({ configure }) =>
      configure({
        gateway: local,
        models: { providers: { openai: { apiKey: { source: "env", id: "NOT_THERE" } } } },
      }),
    finds: ["secrets.resolvable"],
    says: ["NOT_THERE"],
  },
  {
    name: "a variable that is not set",
    break: ({ configure }) =>
      configure({ gateway: { mode: "local", auth: { mode: "token", token: "${NOT_SET}" } } }),
    finds: invalid,
    says: ["NOT_SET"],
  },
  {
    name: "a tool that does not exist",
    break: ({ configure }) => configure({ gateway: local, tools: { deny: ["teleport"] } }),
    finds: ["tools.names-known"],
    says: ["teleport"],
  },
  {
    name: "a model of a provider that nobody knows",
    break: ({ configure }) =>
      configure({ gateway: local, agents: { defaults: { model: "nobody/none" } } }),
    finds: ["models.default-usable"],
  },
  {
    name: "two config files",
    break: ({ write }) => write(".fased/fased.yaml", "gateway: {}\n"),
    finds: ["store.other-config"],
    says: ["fased.yaml"],
  },
]

const isLegacy = (
  name: string,
  settings: object | ((home: Home) => object),
  more: Partial<Case> = {},
): Case => ({
  name: `an old setting: ${name}`,
  break: (home) =>
    home.configure({
      gateway: local,
      ...(typeof settings === "function" ? settings(home) : settings),
    }),
  finds: invalid,
  changes: [theConfig],
  ...more,
})
/** They speak of WhatsApp, whose plugin is not installed. */
const ofWhatsapp = { leaves: ["channels.known"] }

const yaml = (name: string, text: string, more: Partial<Case>): Case => ({
  name: `YAML: ${name}`,
  break({ at, world, write }) {
    rmSync(at(config))
    world.env.FASED_CONFIG_PATH = write(".fased/fased.yaml", text)
  },
  finds: invalid,
  ...more,
})

const yamlLocal = `gateway: # mine
  mode: local
  auth: { mode: token, token: ${token} }
`
const yamlConfig = ".fased/fased.yaml"
const yamlEdit = [".fased/config-backups", yamlConfig, `${yamlConfig}.bak`, `${yamlConfig}.lock`]

export const yamls: readonly Case[] = [
  yaml("a healthy config", yamlLocal, { finds: [] }),
  yaml(
    "settings that nothing knows, at several depths",
    `${yamlLocal}  prot: 1\nagents:\n  defaults: { workspce: /x }\nnonsense: 1\n`,
    {
      says: ["gateway.prot", "agents.defaults.workspce", "nonsense"],
      changes: yamlEdit,
      mended({ read }) {
        if (!read(yamlConfig).includes("# mine")) throw new Error("the comment is gone")
      },
    },
  ),
  yaml("a broken indent", "gateway:\n  mode: local\n bind: lan\n", { says: ["line 3"] }),
  yaml("a setting that stands twice", `${yamlLocal}  port: 1\n  port: 2\n`, {
    finds: ["config.names-once"],
    says: ["gateway.port"],
  }),
  yaml("an old setting", `${yamlLocal}agent:\n  model: fased/guide\n`, { changes: yamlEdit }),
]

export const legacy: readonly Case[] = [
  isLegacy("agent.workspace", ({ at }) => ({ agent: { workspace: at(".fased/workspace") } })),
  isLegacy("agent.tools", { agent: { tools: { allow: [], deny: ["write"] } } }),
  isLegacy("agent.model", { agent: { model: "fased/guide" } }),
  isLegacy("identity", { identity: { name: "Ada" } }),
  isLegacy("bridge", { bridge: { port: 1 } }),
  isLegacy("routing.agents", {
    routing: { agents: { main: { name: "A" } }, defaultAgentId: "main" },
  }),
  isLegacy("routing.allowFrom", { routing: { allowFrom: [] } }, ofWhatsapp),
  isLegacy("routing.groupChat", { routing: { groupChat: { requireMention: true } } }, ofWhatsapp),
  isLegacy("routing.queue", { routing: { queue: { mode: "steer" } } }),
  isLegacy("routing.bindings", {
    routing: { bindings: [{ agentId: "main", match: { channel: "telegram" } }] },
  }),
]
