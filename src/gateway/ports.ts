import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { service } from "../kernel/service.ts"

/** The process behind a listening port. */
export interface PortHolder {
  pid: number
  command: string
}

export interface Ports {
  /** Who listens on a local TCP port; null when nobody does, or the system will not say. */
  holder(port: number): Promise<PortHolder | null>
}
export const Ports = service<Ports>("ports")

const listening = "0A"

/** Inodes of the sockets that listen on `port`, from the kernel's tables. */
const inodesOf = (port: number) => {
  const hex = port.toString(16).toUpperCase().padStart(4, "0")
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => {
    try {
      return readFileSync(table, "utf8")
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((row) => row[1]?.endsWith(`:${hex}`) && row[3] === listening)
        .map((row) => row[9]!)
    } catch {
      return []
    }
  })
}

const fromProc = (port: number): PortHolder | null => {
  const wanted = new Set(inodesOf(port).map((inode) => `socket:[${inode}]`))
  if (!wanted.size) return null
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const holds = readdirSync(`/proc/${pid}/fd`).some((fd) => {
        try {
          return wanted.has(readlinkSync(`/proc/${pid}/fd/${fd}`))
        } catch {
          return false
        }
      })
      if (holds)
        return { pid: Number(pid), command: readFileSync(`/proc/${pid}/comm`, "utf8").trim() }
    } catch {
      // Another user's process, or one that just ended.
    }
  }
  return null
}

const fromLsof = async (port: number): Promise<PortHolder | null> => {
  const lsof = Bun.which("lsof")
  if (!lsof) return null
  const child = Bun.spawn([lsof, "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
    env: {},
    stdout: "pipe",
    stderr: "ignore",
    stdin: "ignore",
  })
  const text = await new Response(child.stdout).text()
  const pid = /^p(\d+)$/m.exec(text)?.[1]
  return pid ? { pid: Number(pid), command: /^c(.+)$/m.exec(text)?.[1] ?? "?" } : null
}

export const systemPorts: Ports = {
  holder: async (port) => (process.platform === "linux" ? fromProc(port) : fromLsof(port)),
}
