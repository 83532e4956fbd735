import type { Edit } from "../config/edit.ts"
import type { Given } from "./channel-secrets.ts"
import type { Context } from "./command.ts"
import { openSettings } from "./settings.ts"

/** Puts what is nowhere yet into fased's own file of secrets; the edits refer to it there. */
export const keepGiven = async (
  given: readonly Given[],
  place: readonly (string | number)[],
  context: Context,
): Promise<{ refs: Edit[]; undo: () => void }> => {
  const { keepSecrets, ownProvider, ownRef } = await import("../secrets/own-store.ts")
  const state = (await openSettings(context)).current()
  const kept = given.filter(({ ref }) => !ref)
  const pathOf = ({ setting }: Given) => [...place, setting]
  const undo = kept.length
    ? keepSecrets(
        context.paths.state,
        kept.map((one) => ({ path: pathOf(one), value: one.value })),
      )
    : () => undefined
  const providers = kept.length ? ownProvider(state, context.paths.state) : {}
  return {
    undo,
    refs: [
      ...Object.entries(providers).map(([name, value]) => ({
        path: ["secrets", "providers", name],
        value,
      })),
      ...given.map((one) => ({
        path: pathOf(one),
        value: one.ref ?? ownRef(pathOf(one), state),
      })),
    ],
  }
}
