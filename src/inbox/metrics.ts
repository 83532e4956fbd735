import { gauge } from "../kernel/metric.ts"
import { service } from "../kernel/service.ts"

/** How many messages were accepted and are not answered yet. */
export const Unanswered = service<() => Promise<number>>("unanswered messages")

export const metrics = [
  gauge({
    name: "fased_inbox_unanswered",
    help: "Messages that were accepted and are not answered yet.",
    needs: { unanswered: Unanswered },
    read: ({ unanswered }) => unanswered(),
  }),
] as const
