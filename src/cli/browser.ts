import type { Env } from "../config/paths.ts"

/** Opens a link where there is a screen to open it on. False when there is none. */
export const openInBrowser = (url: string, env: Env): boolean => {
  const opener = browserOpener(env)
  if (!opener) return false
  Bun.spawn([...opener, url], {
    env: desktopEnv(env),
    stdio: ["ignore", "ignore", "ignore"],
  }).unref()
  return true
}

const browserOpener = (env: Env) => {
  if (env.SSH_CONNECTION || env.SSH_TTY) return undefined
  if (process.platform === "darwin") return ["open"]
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined
  const program = Bun.which("xdg-open", { PATH: env.PATH ?? "" })
  return program ? [program] : undefined
}

/** A browser is told of the desktop it opens on, and of nothing that is ours or steers a runtime. */
const desktopEnv = (env: Env) =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:BUN_|NODE_|LD_|DYLD_|FASED_)/.test(name)),
  )
