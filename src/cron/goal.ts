/** What a task is for, and how its runs tell whether that is reached. */
import type { Job } from "./job.ts"

const word = "Reached"

/** What each run is told of it; empty for a task without a goal. */
export const goalOf = ({ executionPolicy: { objective, success } = {} }: Job) =>
  [
    objective && `What this is for: ${objective}`,
    success &&
      `It is reached when: ${success}\nJudge whether it is, and end your answer with a line that says just "${word}: yes" or "${word}: no".`,
  ]
    .filter(Boolean)
    .map((line) => `\n\n${line}`)
    .join("")

/** An answer without its verdict, and the verdict: no word is a no. Undefined where none was asked for. */
export const judged = (
  { executionPolicy }: Job,
  answer: string,
): { text: string; reached?: boolean } => {
  if (!executionPolicy?.success) return { text: answer }
  const [line, verdict] = /\n?^\W*reached\W+(yes|no)\W*$/im.exec(answer.trim()) ?? []
  if (line === undefined) return { text: answer, reached: false }
  return { text: answer.trim().replace(line, "").trim(), reached: verdict!.toLowerCase() === "yes" }
}
