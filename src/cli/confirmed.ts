import { createInterface } from "node:readline/promises"
import { fault } from "../kernel/fault.ts"
import { fased } from "./command.ts"
import type { Context } from "./command.ts"

export const notConfirmed = fault<{ command: string }>("cli.not-confirmed", {
  status: 400,
  message: () => "Nothing was changed: nobody is here to say yes.",
  hint: ({ command }) => `If that is what you want: ${command}`,
})

export const saidNo = fault("cli.said-no", {
  status: 400,
  message: () => "Nothing was changed.",
})

/** Goes on when `--yes` was given or the person says so; `words` is the command line that does. */
export const confirmed = async (
  question: string,
  { yes, context, words }: { yes?: boolean; context: Context; words: string },
) => {
  if (yes) return
  if (!context.interactive) throw notConfirmed({ command: fased(context, words) })
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await terminal.question(`${question} [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw saidNo()
  } finally {
    terminal.close()
  }
}
