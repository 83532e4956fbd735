import type { Ranked } from "./search.ts"

const mostChars = 700

/** A hit as models and people see it. */
export const shown = ({ path, startLine, endLine, score, text }: Ranked) => ({
  path,
  startLine,
  endLine,
  score: Math.round(score * 1000) / 1000,
  snippet: text.length > mostChars ? `${text.slice(0, mostChars).toWellFormed()}…` : text,
  source: "memory" as const,
})

export const cited = ({ path, startLine, endLine }: Ranked) =>
  startLine === endLine ? `${path}#L${startLine}` : `${path}#L${startLine}-L${endLine}`
