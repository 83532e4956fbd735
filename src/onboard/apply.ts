import { editText } from "../config/edit.ts"
import { configInvalid } from "../config/faults.ts"
import type { Env, Paths } from "../config/paths.ts"
import { formatPath, type Tree } from "../config/path.ts"
import type { ConfigState, Settings, WriteOptions } from "../config/settings.ts"
import { localProfile, newToken } from "../config/setup.ts"
import { keepSecrets } from "../secrets/own-store.ts"
import type { Answers } from "./answers.ts"
import { keyPath, noteChanges, planChanges } from "./plan.ts"

interface Options {
  settings: Settings
  env: Env
  paths: Pick<Paths, "state">
  /** The setup's own note of this run. */
  note: { at: string; version: string; command: string }
  /** Throws when a gateway could not start with the config as it would be. */
  prove(next: ConfigState): void
}

/** What became of the answers. */
export interface Applied {
  /** The config file was made just now. */
  created: boolean
  /** Settings that changed; empty when everything was so already. */
  changed: readonly string[]
}

/** Writes what was answered, all of it in one step or none of it. */
export const applyAnswers = async (
  answers: Answers,
  { settings, env, paths, note, prove }: Options,
): Promise<Applied> => {
  const state = await settings.read()
  if (!state.composed || state.issues.length) throw configInvalid(state)
  const guarded = [env.FASED_GATEWAY_TOKEN, env.FASED_GATEWAY_PASSWORD].some((text) => text?.trim())
  const isFirst = !state.exists && answers.mode === "local"
  const { text, composed } = isFirst
    ? freshStart(answers, state.format, guarded)
    : { text: state.text, composed: state.composed }
  const planned = planChanges(answers, { composed, state: paths.state, guarded, newToken })
  const mode = answers.mode ?? "local"
  const edits = [...planned, ...noteChanges(planned, composed, { ...note, mode })]
  // A first file is written as a whole, so that the words in it are there from the beginning.
  const write = async (options: WriteOptions) =>
    isFirst
      ? settings.replace(await editText(text, state.format, edits), options)
      : settings.change(edits, options)
  const baseHash = state.hash
  prove(await write({ baseHash, dryRun: true }))
  const takeBack = storeKey(answers, paths)
  try {
    await write({ baseHash })
  } catch (error) {
    takeBack()
    throw error
  }
  return { created: !state.exists, changed: planned.map(({ path }) => formatPath(path)) }
}

/** A secret is there before anything refers to it, and gone again when nothing comes to. */
const storeKey = ({ model }: Answers, { state }: Pick<Paths, "state">) =>
  model?.key?.keep === "file"
    ? keepSecrets(state, [{ path: keyPath(model.provider), value: model.key.value }])
    : () => {}

/** A first config comes with words in it that say what its settings are for. */
const freshStart = (
  { gateway = {} }: Answers,
  format: ConfigState["format"],
  guarded: boolean,
): { text: string; composed: Tree } => {
  const byToken = gateway.auth ? gateway.auth === "token" : !gateway.password
  const token = gateway.token ?? (guarded || !byToken ? undefined : newToken())
  const auth = token === undefined ? {} : { auth: { mode: "token", token } }
  return { text: localProfile(format, token), composed: { gateway: { mode: "local", ...auth } } }
}
