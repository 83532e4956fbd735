import type { HookEvent } from "../kernel/hook-event.ts"
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

/** Where a plugin lies; another stamp when it was installed anew. */
export interface PluginPlace {
  id: string
  folder: string
  stamp: number
}

/** Plugins that want to be told what happens. */
export interface PluginHooks {
  /** Rejects when it fails, or with the signal. An `agent:bootstrap` event is given the files it left. */
  tell(plugin: PluginPlace, event: HookEvent, signal: AbortSignal): Promise<void>
  /** Ends their processes. */
  close(): Promise<void>
}
export const PluginHooks = service<PluginHooks>("hooks of plugins")

/** The plugins on disk. Each runs in processes of its own; here is only what they say of themselves. */
export interface Plugins {
  list(): readonly PluginStatus[]
  /** Lets in and out what the disk and the config want now. */
  follow(): void
}
export const Plugins = service<Plugins>("plugins")
