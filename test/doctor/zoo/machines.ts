import { makeSelfSigned } from "../../../src/gateway/self-signed.ts"
import { writePair } from "../../support/certificates.ts"
import { type Case, local, theConfig } from "./case.ts"
import type { Home } from "./home.ts"

const withCertificate = async (home: Home, now: number) => {
  const pem = await makeSelfSigned(["localhost"], now)
  const { certPath, keyPath } = writePair(home.state, pem)
  home.configure({
    gateway: { ...local, tls: { enabled: true, autoGenerate: false, certPath, keyPath } },
  })
}
const yearMs = 365 * 86_400_000

const unit = ".config/systemd/user/ai.fased.gateway.service"
const installed = async (home: Home) => {
  await home.service().install("user")
  return (from: string | RegExp, to: string) =>
    home.write(unit, home.read(unit).replace(from, to), 0o644)
}

export const machines: readonly Case[] = [
  {
    name: "a certificate that has expired",
    break: (home) => withCertificate(home, Date.now() - 5 * yearMs),
    finds: ["gateway.certificate-usable"],
    says: ["expired"],
  },
  {
    name: "a certificate that is not there",
    break: ({ configure }) =>
      configure({
        gateway: {
          ...local,
          tls: {
            enabled: true,
            autoGenerate: false,
            certPath: "/no/cert.pem",
            keyPath: "/no/key.pem",
          },
        },
      }),
    finds: ["gateway.certificate-usable"],
  },
  {
    name: "a port that another program has",
    break: ({ world }) => void (world.holder = { pid: 4_000_000, command: "nginx" }),
    finds: ["gateway.port-free"],
    says: ["nginx"],
    changes: [theConfig],
    leaves: ["gateway.port-free"],
    neverDone: true, // this one has every port
  },
  {
    name: "a port that an SSH tunnel has",
    break: ({ world }) => void (world.holder = { pid: 4_000_000, command: "ssh" }),
    finds: ["gateway.port-free"],
    says: ["an SSH tunnel", "kill 4000000"],
  },
  {
    name: "a port that another gateway has",
    break: ({ world }) => void (world.holder = { pid: 4_000_000, command: "fased" }),
    finds: ["gateway.port-free"],
    says: ["another gateway"],
  },
  {
    name: "a gateway of another version",
    break: ({ world }) => void (world.neighbour = { state: "running", version: "9.9.9" }),
    finds: ["gateway.version"],
    says: ["9.9.9", "fased gateway restart"],
  },
  {
    name: "a gateway that hangs",
    break: ({ world }) =>
      void (world.neighbour = { state: "silent", pid: 7, url: "ws://127.0.0.1:1/" }),
    finds: ["gateway.answers"],
    says: ["pid 7"],
  },
  {
    name: "a gateway that lets nobody in",
    break: ({ world }) =>
      void (world.neighbour = { state: "refuses", isOurs: true, problem: "Go away." }),
    finds: ["gateway.lets-in"],
    says: ["Go away."],
  },
  {
    name: "a gateway of somebody else on our port",
    break: ({ world }) =>
      void (world.neighbour = { state: "refuses", isOurs: false, problem: "Go away." }),
    finds: ["gateway.lets-in"],
    says: ["not this instance's", "gateway.port"],
  },
  {
    name: "a gateway on another machine",
    break: ({ world }) => void (world.neighbour = { state: "elsewhere", url: "wss://far/" }),
    finds: ["gateway.elsewhere"],
    says: ["wss://far/"],
  },
  {
    name: "a unit that drifted",
    async break(home) {
      const edit = await installed(home)
      edit("Restart=always", "Restart=no")
    },
    finds: ["service.drifted"],
    says: ["does not come back by itself"],
    changes: [unit, `${unit}.bak`],
  },
  {
    name: "a service that has failed",
    async break(home) {
      await installed(home)
      const { system } = home.world
      const failed = "LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code"
      home.world.system = (line) => (line.includes(" show ") ? { out: failed } : system(line))
    },
    finds: ["service.running"],
    says: ["fased logs"],
  },
  {
    name: "a service whose manager is silent",
    async break(home) {
      await installed(home)
      const { system } = home.world
      home.world.system = (line) => (line.includes(" show ") ? { code: 1 } : system(line))
    },
    finds: ["service.running"],
    says: ["its manager does not answer"],
  },
  {
    name: "a service that ends with the login",
    async break(home) {
      await installed(home)
      const { system } = home.world
      home.world.system = (line) =>
        line.startsWith("loginctl") ? { out: "Linger=no" } : system(line)
    },
    finds: ["service.outlives-login"],
    says: ["enable-linger"],
  },
  {
    name: "a unit that somebody made their own",
    async break(home) {
      const edit = await installed(home)
      edit("Restart=always", "Restart=no\nNice=5")
    },
    finds: ["service.custom"],
    says: ["gateway install --force"],
  },
  {
    name: "a unit of somebody's own, and --force",
    async break(home) {
      const edit = await installed(home)
      edit("Restart=always", "Restart=no\nNice=5")
    },
    finds: ["service.custom"],
    force: true,
    changes: [unit, `${unit}.bak`],
  },
  {
    name: "a unit of something else under our name",
    async break(home) {
      await installed(home)
      home.write(unit, "[Service]\nExecStart=/bin/true\n", 0o644)
    },
    finds: ["service.custom"],
    says: ["starts something else"],
  },
  {
    name: "a service of a program like this one, looked for with --deep",
    break(home) {
      home.world.deep = true
      home.write(".config/systemd/user/openclaw-gateway.service", "[Service]\n", 0o644)
    },
    finds: ["service.others"],
    says: ["openclaw-gateway.service"],
  },
  {
    name: "a unit of an older version beside ours",
    break: ({ write }) =>
      void write(
        ".config/systemd/user/fased-gateway.service",
        "[Service]\nExecStart=/old/fased gateway\n",
        0o644,
      ),
    finds: ["service.older"],
    changes: [
      ".config/systemd/user/fased-gateway.service",
      ".config/systemd/user/fased-gateway.service.bak",
    ],
  },
]
