import { chmodSync, chownSync } from "node:fs"
import { type Case, config } from "./case.ts"

export const permissions: readonly Case[] = [
  {
    name: "a config that everybody can read",
    break: ({ config }) => chmodSync(config, 0o644),
    finds: ["config.private"],
    says: ["mode 644", "chmod 600"],
    changes: [config],
  },
  {
    name: "a state folder open to all",
    break: ({ state }) => chmodSync(state, 0o777),
    finds: ["config.private"],
    says: ["mode 777"],
    changes: [".fased"],
  },
  {
    name: "everything made under umask 000",
    break({ state, at }) {
      chmodSync(state, 0o777)
      for (const name of ["fased.json", ".env", "fased.db"]) chmodSync(at(`.fased/${name}`), 0o666)
      for (const name of ["secrets.json", "identity/device.json", "logs/fased-2026-01-01.log"])
        chmodSync(at(`.fased/${name}`), 0o666)
      for (const name of ["identity", "logs"]) chmodSync(at(`.fased/${name}`), 0o777)
    },
    finds: ["config.private", "store.private"],
    changes: [
      ".fased",
      ".fased/.env",
      ".fased/fased.db",
      config,
      ".fased/identity",
      ".fased/identity/device.json",
      ".fased/logs",
      ".fased/logs/fased-2026-01-01.log",
      ".fased/secrets.json",
    ],
  },
  {
    name: "a copy of the database that others can read",
    break: ({ write }) => write(".fased/fased.db.before-3", "old", 0o644),
    finds: ["store.private"],
    changes: [".fased/fased.db.before-3"],
  },
  {
    name: "a state folder its owner cannot write",
    break: ({ state }) => chmodSync(state, 0o500),
    finds: ["store.state-usable"],
    says: ["mode 500", "chmod 700"],
    changes: [".fased"],
  },
  {
    name: "files of root's in somebody's home",
    break: ({ state, at }) => {
      for (const path of [state, at(config), at(".fased/secrets.json"), at(".fased/.env")])
        chownSync(path, 65534, 65534)
      for (const name of ["logs", "logs/fased-2026-01-01.log", "identity", "identity/device.json"])
        chownSync(at(`.fased/${name}`), 65534, 65534)
    },
    finds: ["store.state-usable"],
    says: ["as after a run with sudo", "chown"],
    changes: [".fased/fased.db"],
    root: true,
  },
]
