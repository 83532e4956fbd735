import { chmodSync, cpSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { type Case, local } from "./case.ts"

export const files: readonly Case[] = [
  {
    name: "no state folder at all",
    break: ({ state }) => rmSync(state, { recursive: true }),
    finds: ["gateway.startable", "store.state-there"],
    says: ["restore a backup"],
    changes: [".fased", ".fased/workspace"],
    leaves: ["gateway.startable"],
    forGood: true,
  },
  {
    name: "a file where the state folder should be",
    break({ state }) {
      rmSync(state, { recursive: true })
      writeFileSync(state, "")
      chmodSync(state, 0o600)
    },
    finds: ["agents.workspace", "gateway.startable", "store.state-usable"],
    says: ["should be a folder"],
    forGood: true,
  },
  {
    name: "files left half-written by a run that was killed",
    break(home) {
      const names = [
        ".fased/fased.json.123.0a1b2c3d.tmp",
        ".fased/fased.db.before-4.tmp",
        ".fased/identity/device-auth.json.9.ffffffff.tmp",
      ]
      for (const name of names) {
        home.write(name, "{")
        home.age(name, 2)
      }
    },
    finds: ["store.leftovers"],
    changes: [
      ".fased/fased.db.before-4.tmp",
      ".fased/fased.json.123.0a1b2c3d.tmp",
      ".fased/identity/device-auth.json.9.ffffffff.tmp",
    ],
  },
  {
    name: "a file that is being written this moment",
    break: ({ write }) => void write(".fased/fased.json.123.0a1b2c3d.tmp", "{"),
    finds: [],
  },
  {
    name: "the layout of an older version",
    break({ write }) {
      write(".fased/sessions/sessions.json", "{}")
      write(".fased/agent/auth-profiles.json", "{}")
      write(".fased/credentials/oauth.json", "{}")
      write(".fased/auth.json", "{}")
    },
    finds: ["store.old-layout"],
    says: ["read by nothing any more", ".fased/credentials"],
  },
  {
    name: "a link to WhatsApp where an older version kept it",
    break({ write }) {
      write(".fased/credentials/creds.json", "{}")
      write(".fased/credentials/session-49123.0.json", "{}")
      write(".fased/credentials/oauth.json", "{}")
    },
    finds: ["store.old-layout", "plugins.whatsapp-link"],
    changes: [
      ".fased/credentials/creds.json",
      ".fased/credentials/session-49123.0.json",
      ".fased/credentials/whatsapp",
      ".fased/credentials/whatsapp/default",
      ".fased/credentials/whatsapp/default/creds.json",
      ".fased/credentials/whatsapp/default/session-49123.0.json",
    ],
    leaves: ["store.old-layout"],
  },
  {
    name: "the folder of an account of a channel",
    break: ({ write }) => write(".fased/credentials/whatsapp/default/creds.json", "{}"),
    finds: [],
  },
  {
    name: "two state folders",
    break({ state, at, world }) {
      cpSync(state, at("other"), { recursive: true, preserveTimestamps: true })
      world.env.FASED_STATE_DIR = at("other")
    },
    finds: ["store.other-states"],
    says: ["/.fased is one, too", "FASED_STATE_DIR"],
  },
  {
    name: "the note of a gateway that was killed",
    break: ({ write }) =>
      write(
        ".fased/gateway.json",
        JSON.stringify({ pid: 2 ** 22 + 7, port: 1, url: "ws://127.0.0.1:1/", version: "1" }),
      ),
    finds: ["gateway.note"],
    says: ["was killed"],
    changes: [".fased/gateway.json"],
  },
  {
    name: "a half-written note of a gateway",
    break: ({ write }) => write(".fased/gateway.json", '{"pid":'),
    finds: ["gateway.note"],
    changes: [".fased/gateway.json"],
  },
  {
    name: "a stale lock file that nobody holds",
    break: ({ write }) => void write(".fased/gateway.lock", ""),
    finds: [],
  },
  {
    name: "a key that cannot be read",
    break: ({ write }) => write(".fased/identity/device.json", '{"version":1,"priv'),
    finds: ["client.key"],
    changes: [".fased/identity/device.json", ".fased/identity/device.json.damaged"],
  },
  {
    name: "tokens of a key that is gone",
    break: ({ write }) =>
      write(
        ".fased/identity/device-auth.json",
        JSON.stringify({
          version: 1,
          gateways: { "ws://127.0.0.1:1": { operator: { deviceId: "gone", token: "t" } } },
        }),
      ),
    finds: ["client.tokens"],
    says: ["ws://127.0.0.1:1"],
    changes: [".fased/identity/device-auth.json"],
  },
  {
    name: "no workspace",
    break: ({ at }) => rmSync(at(".fased/workspace"), { recursive: true }),
    finds: ["agents.workspace"],
    changes: [".fased/workspace"],
  },
  {
    name: "a workspace without a history",
    break: ({ at }) => rmSync(at(".fased/workspace/.git"), { recursive: true }),
    finds: ["agents.workspace-history"],
    says: ["git init"],
  },
  {
    name: "a workspace where nobody works",
    break: ({ write }) => write("fased/AGENTS.md", "Old."),
    finds: ["agents.workspace-left"],
  },
  {
    name: "a workspace that is a file",
    break({ at, write }) {
      rmSync(at(".fased/workspace"), { recursive: true })
      write(".fased/workspace", "")
    },
    finds: ["agents.workspace", "agents.workspace-history"],
    says: ["is not a folder"],
  },
  {
    name: "files from the future",
    break: ({ age }) => age(".fased/fased.db", -48),
    finds: ["store.times"],
    says: ["the clock is wrong"],
  },
  {
    name: "logs that somebody dropped into the folder",
    break(home) {
      home.configure({ gateway: local, logging: { maxTotalBytes: 1_000_000 } })
      home.write(".fased/logs/dump.log", "")
      truncateSync(home.at(".fased/logs/dump.log"), 30_000_000)
    },
    finds: ["logs.folder-small"],
    says: ["30 MB", "dump.log"],
  },
  {
    name: "a full disk",
    break: ({ world }) => void (world.freeBytes = 1_000_000),
    finds: ["store.disk-space"],
    says: ["1 MB left"],
  },
  {
    name: "an update that was cut off",
    break(home) {
      home.write(".local/bin/.fased-update-0123", "half")
      home.age(".local/bin/.fased-update-0123", 2)
    },
    finds: ["update.leftovers"],
    changes: [".local/bin/.fased-update-0123"],
    forGood: true,
  },
  {
    name: "an update that was taken back",
    break: ({ write }) =>
      write(
        ".fased/update.json",
        JSON.stringify({
          from: "1",
          to: "2",
          startedAt: 1,
          outcome: "rolled-back",
          reason: "Sick.",
        }),
      ),
    finds: ["update.taken-back"],
    says: ["Sick."],
  },
]
