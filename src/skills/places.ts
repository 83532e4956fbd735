import { dirname, join, resolve } from "node:path"
import { expandTilde, type Paths } from "../config/paths.ts"

/** Where a skill lies; a higher one hides a lower one of the same name. */
export const sources = [
  "workspace",
  "workspace-agents",
  "personal",
  "managed",
  "bundled",
  "extra",
] as const
export type Source = (typeof sources)[number]

export interface Place {
  source: Source
  folder: string
}

export const managedFolder = ({ state }: Pick<Paths, "state">) => join(state, "skills")
export const bundledFolder = ({ state }: Pick<Paths, "state">) => join(state, "bundled-skills")

/** The folders an agent's skills come from, highest first (contract 18 §13). */
export const placesOf = (
  workspace: string,
  paths: Pick<Paths, "home" | "state" | "config">,
  extraDirs: readonly string[],
): Place[] => [
  { source: "workspace", folder: join(workspace, "skills") },
  { source: "workspace-agents", folder: join(workspace, ".agents", "skills") },
  { source: "personal", folder: join(paths.home, ".agents", "skills") },
  { source: "managed", folder: managedFolder(paths) },
  { source: "bundled", folder: bundledFolder(paths) },
  ...extraDirs.map((folder) => ({
    source: "extra" as const,
    folder: resolve(dirname(paths.config), expandTilde(folder, paths.home)),
  })),
]
