/** Every HTTP route besides the probes and the Control UI. */
import { metricsRoute } from "../gateway/metrics-route.ts"
import { openApiDocument, openApiPage } from "../gateway/openapi-routes.ts"
import { invokeTool } from "../gateway/tools-route.ts"
import type { AnyRoute } from "../kernel/route.ts"

export const routes: readonly AnyRoute[] = [invokeTool, metricsRoute, openApiDocument, openApiPage]
