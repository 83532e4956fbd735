import { Environment, Paths } from "../config/paths.ts"
import { Sections, Settings } from "../config/settings.ts"
import { configWrites, previewChange } from "../config/touched.ts"
import { check } from "../kernel/check.ts"
import { Clock } from "../kernel/clock.ts"
import { fetched } from "../secrets/checks.ts"
import { withoutOverridden } from "../secrets/overridden.ts"
import { readHolder } from "../store/lock.ts"
import { guarded } from "./auth-checks.ts"
import { gateway } from "./config.ts"
import { checkEntry } from "./entry.ts"
import { Fault } from "../kernel/fault.ts"
import { Ports } from "./ports.ts"
import { Exposure } from "./serve.ts"

const ground = [fetched(gateway)]

export const portFree = check({
  id: "gateway.port-free",
  title: "The gateway's port is free, or already ours",
  severity: "error",
  after: ground,
  needs: {
    gateway,
    ports: Ports,
    paths: Paths,
    env: Environment,
    settings: Settings,
    sections: Sections,
  },
  async detect({ gateway, ports, paths, env }) {
    const given = Number(env.FASED_GATEWAY_PORT?.trim() || undefined)
    const port = given || (gateway.port ?? paths.defaultPort)
    const holder = await ports.holder(port)
    const ours =
      holder && (holder.pid === process.pid || holder.pid === readHolder(paths.state)?.pid)
    return holder && !ours ? { port, isGiven: port === given, ...holder } : null
  },
  explain: ({ port, command, pid }) =>
    `Port ${port} is held by ${holderOf(command)} (pid ${pid}), so the gateway cannot start.`,
  next: ({ pid, command }) =>
    command === "fased"
      ? "Stop that one, or give this one a port of its own: fased config set gateway.port <port>"
      : `End it (kill ${pid}), or take another port: fased config set gateway.port <port>`,
  fix: {
    // A tunnel is gone tomorrow, and a fased is somebody's gateway: neither is a reason to move.
    describe: ({ port, command, isGiven }) =>
      isGiven || command === "ssh" || command === "fased"
        ? undefined
        : `Move the gateway to port ${port + 20}.`,
    touches: (_, { paths }) => configWrites(paths),
    preview: ({ port }, services) => previewChange([moved(port)], services),
    apply: async ({ port }, { settings }) => void (await settings.change([moved(port)])),
  },
})

const moved = (port: number) => ({ path: ["gateway", "port"], value: port + 20 })

const holderOf = (command: string) =>
  command === "ssh"
    ? "an SSH tunnel"
    : command === "fased"
      ? "another gateway, of another profile or user,"
      : command

export const startable = check({
  id: "gateway.startable",
  title: "Nothing in the config keeps the gateway from starting",
  severity: "error",
  after: [...ground, guarded],
  needs: { gateway, env: Environment, paths: Paths, settings: Settings },
  detect({ gateway, env, paths, settings }) {
    try {
      const given = withoutOverridden(settings.current().refs, env)
      checkEntry({}, gateway, { env: given, paths })
      return null
    } catch (error) {
      if (error instanceof Fault) return { message: error.message, hint: error.hint }
      throw error
    }
  },
  explain: ({ message }) => message,
  next: ({ hint }) => hint ?? "Set it up with: fased start",
})

export const certificateUsable = check({
  id: "gateway.certificate-usable",
  title: "The TLS certificate can be served",
  severity: "error",
  after: ground,
  needs: { gateway, paths: Paths, clock: Clock },
  async detect({ gateway, paths, clock }) {
    if (!gateway.tls.enabled) return null
    const { findCertificate } = await import("./tls.ts")
    try {
      findCertificate(gateway.tls, paths, clock.now())
      return null
    } catch (error) {
      if (error instanceof Fault) return { message: error.message, hint: error.hint }
      throw error
    }
  },
  explain: ({ message }) => message,
  next: ({ hint }) => hint ?? "Replace the certificate.",
})

export const certificateLasts = check({
  id: "gateway.certificate-lasts",
  title: "The TLS certificate does not expire soon",
  severity: "warn",
  after: [certificateUsable],
  needs: { gateway, paths: Paths, clock: Clock },
  async detect({ gateway, paths, clock }) {
    if (!gateway.tls.enabled) return null
    const { findCertificate, soonMs } = await import("./tls.ts")
    // One that is yet to be made, or renewed, is the gateway's own affair.
    const found = findCertificate(gateway.tls, paths, clock.now())
    if (!found || found.expiresAt - clock.now() > soonMs) return null
    return { path: found.path, days: Math.floor((found.expiresAt - clock.now()) / 86_400_000) }
  },
  explain: ({ path, days }) => `The TLS certificate ${path} expires in ${days} days.`,
  next: () => "Renew it; the gateway takes up the new file by itself.",
})

/** Asks the gateway that runs; before it does, there is nothing to be served. */
export const tailscaleServes = check({
  id: "gateway.tailscale",
  title: "Tailscale leads to the gateway, as configured",
  severity: "warn",
  needs: { exposure: Exposure },
  detect({ exposure }) {
    const state = exposure.state()
    return state.state === "failed" ? state : null
  },
  explain: ({ problem }) => problem,
  next: ({ next }) => next,
})
