/** Everything `/metrics` tells. */
import { metrics as approvalsMetrics } from "../approvals/metrics.ts"
import { metrics as channelsMetrics } from "../channels/metrics.ts"
import { metrics as accessMetrics } from "../access/metrics.ts"
import { metrics as gatewayMetrics } from "../gateway/metrics.ts"
import { metrics as inboxMetrics } from "../inbox/metrics.ts"
import type { AnyMetric } from "../kernel/metric.ts"
import { metrics as outboxMetrics } from "../outbox/metrics.ts"
import { metrics as storeMetrics } from "../store/metrics.ts"
import { metrics as usageMetrics } from "../usage/metrics.ts"

export const metrics: readonly AnyMetric[] = [
  ...accessMetrics,
  ...gatewayMetrics,
  ...channelsMetrics,
  ...outboxMetrics,
  ...inboxMetrics,
  ...approvalsMetrics,
  ...storeMetrics,
  ...usageMetrics,
]
