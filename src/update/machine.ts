import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs"

/** Which build fits: named as a release names its assets. */
export const machineOf = (binary: string) => {
  const { platform, arch } = process
  if (platform !== "linux") return `${platform}-${arch}`
  if (isMusl(binary)) return `linux-${arch}-musl`
  return arch === "x64" && !hasAvx2() ? "linux-x64-baseline" : `linux-${arch}`
}

/** The loader a program asks for stands in its first page. */
const isMusl = (binary: string) => {
  const head = Buffer.alloc(4096)
  const file = openSync(binary, "r")
  try {
    return head.subarray(0, readSync(file, head)).includes("/ld-musl-")
  } finally {
    closeSync(file)
  }
}

const hasAvx2 = () =>
  !existsSync("/proc/cpuinfo") || /\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"))
