import { counter, gauge } from "../kernel/metric.ts"
import { Sending } from "./sending.ts"

export const partsSent = counter({
  name: "fased_outbox_parts_total",
  help: "Messages to chat networks by how they ended.",
  labels: ["channel", "state"],
})

export const partsWaiting = gauge({
  name: "fased_outbox_parts",
  help: "Messages to chat networks that wait, are on their way, failed or are unknown.",
  labels: ["state"],
  needs: { sending: Sending },
  async read({ sending }) {
    const { outbox } = await sending()
    return Object.entries(await outbox.count()).map(([state, value]) => ({
      labels: [state],
      value,
    }))
  },
})

export const metrics = [partsSent, partsWaiting]
