/** How a run ended. `blocked`: it was not let begin. */
export const statuses = ["ok", "error", "skipped", "blocked"] as const
export type Status = (typeof statuses)[number]

/** What became of its result. */
export const deliveryStatuses = ["delivered", "not-delivered", "unknown", "not-requested"] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]
