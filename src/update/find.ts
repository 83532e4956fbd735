import type { Env } from "../config/paths.ts"
import type { Channel } from "./config.ts"
import { noKeys, noSource } from "./faults.ts"
import { machineOf } from "./machine.ts"
import type { Asset, ReleaseKey } from "./manifest.ts"
import { assetFor, fetchRelease, openRelease, type Release } from "./release.ts"

export interface Search {
  /** The version that runs here. */
  version: string
  /** The binary to be replaced. */
  target: string
  channel: Channel
  keys: readonly ReleaseKey[]
  /** Where releases are served … */
  baseUrl?: string
  /** … or a release in a folder, or one file of it, on this machine. */
  file?: string
  /** Just this version; else the newest. */
  wanted?: string
  now: number
  signal?: AbortSignal
}

export interface Found {
  from: string
  to: string
  /** Compared with what runs here. */
  is: "newer" | "current" | "older"
  release: Release
  asset: Asset
}

/** The address releases come from, if one was named. */
export const baseUrlOf = ({ baseUrl }: { baseUrl?: string }, env: Env) =>
  env.FASED_UPDATE_URL?.trim() || baseUrl || undefined

/** Looks for the release that is wanted. Nothing of it is fetched but its signed manifest. */
export const findUpdate = async (search: Search): Promise<Found> => {
  const { version, target, channel, keys, baseUrl, file, wanted, now, signal } = search
  if (!keys.length) throw noKeys()
  const asked = { channel, keys, version: wanted, now, signal }
  if (!file && !baseUrl) throw noSource()
  const release = await (file ? openRelease(file, asked) : fetchRelease(baseUrl!, asked))
  const to = release.manifest.version
  const order = Bun.semver.order(to, version)
  return {
    from: version,
    to,
    is: order > 0 ? "newer" : order < 0 ? "older" : "current",
    release,
    asset: assetFor(release.manifest, machineOf(target)),
  }
}
