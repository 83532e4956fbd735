/** Everything `/metrics` tells. */
import { metrics as channelsMetrics } from "../channels/metrics.ts"
import { metrics as accessMetrics } from "../access/metrics.ts"
import { metrics as gatewayMetrics } from "../gateway/metrics.ts"
import type { AnyMetric } from "../kernel/metric.ts"
import { metrics as outboxMetrics } from "../outbox/metrics.ts"

export const metrics: readonly AnyMetric[] = [
  ...accessMetrics,
  ...gatewayMetrics,
  ...channelsMetrics,
  ...outboxMetrics,
]
