import { check } from "../kernel/check.ts"
import { Store } from "../store/database.ts"
import { createOutboxStore } from "./store.ts"

export const undelivered = check({
  id: "outbox.undelivered",
  title: "What was sent to chat networks arrived",
  severity: "warn",
  needs: { store: Store },
  async detect({ store }) {
    const { failed = 0, unknown = 0 } = await createOutboxStore(store).count()
    return failed || unknown ? { failed, unknown } : null
  },
  explain: ({ failed, unknown }) =>
    [
      failed &&
        `${failed === 1 ? "One message to a chat network was" : `${failed} messages to chat networks were`} not sent.`,
      unknown &&
        `Of ${unknown === 1 ? "one it is not known whether it" : `${unknown} it is not known whether they`} arrived.`,
    ]
      .filter(Boolean)
      .join(" "),
  next: () => "fased outbox list",
})
