import { counter } from "../kernel/metric.ts"

export const droppedArrivals = counter({
  name: "fased_channel_dropped_total",
  help: "What arrived from chat networks and was not answered, by reason.",
  labels: ["channel", "reason"],
})
export const heardArrivals = counter({
  name: "fased_channel_heard_total",
  help: "What arrived from chat networks and was heard, by kind.",
  labels: ["channel", "kind"],
})

export const metrics = [droppedArrivals, heardArrivals]
