import { fault } from "../kernel/fault.ts"

export const unknownAgent = fault<{ id: string; known: readonly string[] }>("agents.unknown", {
  status: 404,
  message: ({ id }) => `There is no agent named "${id.slice(0, 80)}".`,
  hint: ({ known }) => `Agents here: ${known.join(", ")}.`,
})
