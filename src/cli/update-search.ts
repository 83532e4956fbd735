import { realpathSync } from "node:fs"
import { resolve } from "node:path"
import { type Channel, channels, update } from "../update/config.ts"
import { notABinary } from "../update/faults.ts"
import { baseUrlOf, type Search } from "../update/find.ts"
import { releaseKeys } from "../update/keys.ts"
import type { Context } from "./command.ts"
import { usage } from "./faults.ts"
import { openSettings } from "./settings.ts"

const channelNames: string[] = [...channels]

export const updateFlags = {
  channel: {
    type: "enum",
    valueHint: "name",
    options: channelNames,
    description: "Which releases to look at, this time",
  },
  version: { type: "string", alias: "tag", valueHint: "x.y.z", description: "Just this version" },
  file: {
    type: "string",
    valueHint: "path",
    description: "A release folder, or an asset with release.json beside it, on this machine",
  },
  timeout: {
    type: "string",
    valueHint: "s",
    description: "How long the gateway may take to come back (default 60)",
  },
  json: { type: "boolean", description: "One JSON document on stdout" },
} as const

export interface UpdateArgs {
  channel?: string
  version?: string
  file?: string
}

/** What to look for: by the flags, else as configured. */
export const searchFor = async (
  { channel, version: wanted, file }: UpdateArgs,
  context: Context,
): Promise<Search> => {
  const { version, env, execPath } = context
  if (wanted !== undefined && !isVersion(wanted))
    throw usage({
      problem: `--version cannot be "${wanted}".`,
      hint: "It is a version such as 1.4.2 (fased --version says which this one is)",
    })
  const target = binaryOf(execPath)
  const config = (await openSettings(context)).section(update)
  return {
    version,
    target,
    channel: (channel as Channel | undefined) ?? config.channel,
    keys: releaseKeys,
    baseUrl: baseUrlOf(config, env),
    file: file && resolve(file),
    wanted: wanted?.replace(/^v/, ""),
    now: Date.now(),
  }
}

/** It becomes part of an address. */
const isVersion = (text: string) => /^v?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(text)

/** The file itself, where a link leads to it: a link stays a link. */
const binaryOf = (execPath: string | undefined) => {
  if (!execPath) throw notABinary()
  return realpathSync(execPath)
}
