import { redacted } from "../config/redact.ts"
import type { Difference } from "../config/diff.ts"
import type { ConfigState, Settings } from "../config/settings.ts"
import type { Context } from "./command.ts"
import { prepareEffect, printEffect } from "./config-effect.ts"
import { printable, printableJson } from "./printable.ts"
import { openSettings } from "./settings.ts"

interface Telling {
  json?: boolean
  /** Said when the change turns out to be none. */
  unchanged: (now: ConfigState) => string
}

/** Changes the config, and says what it was and when it takes effect. */
export const changeConfig = async (
  work: (settings: Settings) => Promise<ConfigState>,
  { json, unchanged }: Telling,
  context: Context,
) => {
  const { out, paths } = context
  const settings = await openSettings(context)
  const before = settings.current()
  const effectOf = await prepareEffect(context)
  const after = await work(settings)
  const changes = await differencesOf(before, after)
  const changed = changes.map(({ path }) => path)
  const effect = await effectOf(changed)
  if (json) return out.json({ ok: true, path: paths.config, changes, ...effect })
  if (!changes.length) return out.print(unchanged(after))
  for (const change of changes) out.print(describeDifference(change, out))
  if (effect) printEffect(effect, changed, context)
}

export const differencesOf = async (
  before: Pick<ConfigState, "composed">,
  after: Pick<ConfigState, "composed">,
) => {
  const [{ shownDifferences }, { sections }] = await Promise.all([
    import("../config/diff.ts"),
    import("../registry/sections.ts"),
  ])
  return shownDifferences(before.composed ?? {}, after.composed ?? {}, sections)
}

/** `gateway.port: 18789 → 19000` */
const describeDifference = (
  { path, before, after }: Difference,
  { paint }: Pick<Context["out"], "paint">,
) =>
  `${paint.accent(printable(path))}: ${describeSetting(before)} ${paint.muted("→")} ${describeSetting(after)}`

export const describeSetting = (value: unknown) =>
  value === undefined
    ? "not set"
    : printable(printableJson(value).replaceAll(`"${redacted}"`, "(secret)"), 200)
