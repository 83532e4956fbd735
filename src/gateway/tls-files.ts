import { dirname, join, resolve } from "node:path"
import type { Paths } from "../config/paths.ts"
import { expandTilde } from "../config/paths.ts"

/** One file holds certificate and key, so that no crash ever leaves half a pair behind. */
export const ownCertificatePath = (state: string) => join(state, "tls", "gateway.pem")

/** Where a file is that the config names: a relative path begins at the config's folder. */
export const namedFile = (path: string, { config, home }: Pick<Paths, "config" | "home">) =>
  resolve(dirname(config), expandTilde(path, home))
