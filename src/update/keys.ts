import type { ReleaseKey } from "./manifest.ts"
import keys from "./release-keys.json" with { type: "json" }

/** The keys this binary was built to trust; `npm run sign -- --new-key` adds one. */
export const releaseKeys: readonly ReleaseKey[] = keys
