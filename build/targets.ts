/** The machines fased is built for; the name is the release asset's, `bun` is the compiler's. */
export const targets = {
  "linux-x64": { bun: "bun-linux-x64", platform: "linux", arch: "x64" },
  "linux-x64-baseline": { bun: "bun-linux-x64-baseline", platform: "linux", arch: "x64" },
  "linux-x64-musl": { bun: "bun-linux-x64-musl", platform: "linux", arch: "x64" },
  "linux-arm64": { bun: "bun-linux-arm64", platform: "linux", arch: "arm64" },
  "linux-arm64-musl": { bun: "bun-linux-arm64-musl", platform: "linux", arch: "arm64" },
  "darwin-arm64": { bun: "bun-darwin-arm64", platform: "darwin", arch: "arm64" },
  "darwin-x64": { bun: "bun-darwin-x64", platform: "darwin", arch: "x64" },
} as const

export type Target = keyof typeof targets
export const targetNames = Object.keys(targets) as Target[]
