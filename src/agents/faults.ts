import { fault } from "../kernel/fault.ts"

export const unknownAgent = fault<{ id: string; known: readonly string[] }>("agents.unknown", {
  status: 404,
  message: ({ id }) => `There is no agent named "${id.slice(0, 80)}".`,
  hint: ({ known }) => {
    const more = known.length - mostNamed
    const shown = known.slice(0, mostNamed).join(", ")
    return more > 0
      ? `Agents here: ${shown} and ${more} more; all of them: fased agents list`
      : `Agents here: ${shown}.`
  },
})

const mostNamed = 20
