import type { FetchSecrets } from "../../src/config/settings.ts"

/** For configs that refer to no secret. */
export const fetchSecrets: FetchSecrets = (refs) =>
  Promise.reject(new Error(`nothing fetches ${refs.map(({ path }) => path).join(", ")} here`))
