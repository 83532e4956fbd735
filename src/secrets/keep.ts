import type { Edit } from "../config/edit.ts"
import type { Path } from "../config/path.ts"
import type { ConfigState } from "../config/settings.ts"
import { keepSecrets, ownProvider, ownRef } from "./own-store.ts"

export interface Kept {
  path: Path
  value: string
}

/**
 * Keeps the secrets of a change in fased's own file, and makes the change with references to them
 * there. When it is not made, the file is as it was.
 */
export const changeKeeping = async <T>(
  kept: readonly Kept[],
  { state, folder }: { state: ConfigState; folder: string },
  change: (edits: readonly Edit[]) => Promise<T>,
): Promise<T> => {
  if (!kept.length) return change([])
  const providers = Object.entries(ownProvider(state, folder))
  const undo = keepSecrets(folder, kept)
  try {
    return await change([
      ...providers.map(([name, value]) => ({ path: ["secrets", "providers", name], value })),
      ...kept.map(({ path }) => ({ path, value: ownRef(path, state) })),
    ])
  } catch (error) {
    undo()
    throw error
  }
}
