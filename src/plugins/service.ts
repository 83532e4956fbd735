import { service } from "../kernel/service.ts"
import type { Manifest } from "./manifest.ts"

export interface PluginStatus {
  id: string
  folder: string
  /** `broken`: it cannot be used, and is left out. */
  state: "loaded" | "disabled" | "broken"
  /** Why it is not loaded. */
  problem?: string
  manifest?: Manifest
}

/** The plugins on disk. Each runs in processes of its own; here is only what they say of themselves. */
export interface Plugins {
  list(): readonly PluginStatus[]
  /** Lets in and out what the disk and the config want now. */
  follow(): void
}
export const Plugins = service<Plugins>("plugins")
