import type { AnyEvent } from "../../src/kernel/event.ts"
import { byKey, code, page } from "./markdown.ts"
import { shapeBlock } from "./shape.ts"

const audience = (event: AnyEvent) => {
  if (event.audience === "all") return "Sent to every client."
  if (event.audience === "subscribers") return "Sent to clients that subscribed."
  return `Sent to clients with the ${code(event.audience)} scope.`
}

const section = (event: AnyEvent) =>
  [`## ${event.name}`, event.summary, audience(event), shapeBlock(event.payload)].join("\n\n")

export const eventsPage = (events: readonly AnyEvent[]) =>
  page(
    "Gateway events",
    "What the gateway sends unasked over its WebSocket.",
    events.toSorted(byKey(({ name }) => name)).map(section),
  )
