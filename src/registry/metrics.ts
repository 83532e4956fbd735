/** Everything `/metrics` tells. */
import { metrics as channelsMetrics } from "../channels/metrics.ts"
import { metrics as gatewayMetrics } from "../gateway/metrics.ts"
import type { AnyMetric } from "../kernel/metric.ts"

export const metrics: readonly AnyMetric[] = [...gatewayMetrics, ...channelsMetrics]
