import { httpUrl } from "../client/target.ts"
import type { Target } from "../client/target.ts"

/** The Control UI's address; a token travels in the fragment, which browsers never send. */
export const dashboardLink = (target: Target) =>
  httpUrl(target) + (target.token ? `#token=${encodeURIComponent(target.token)}` : "")
