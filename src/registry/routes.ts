/** Every HTTP route besides the probes and the Control UI. */
import type { AnyRoute } from "../kernel/route.ts"

export const routes: readonly AnyRoute[] = []
