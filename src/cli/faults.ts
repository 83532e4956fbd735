import { fault } from "../kernel/fault.ts"

/** The command line was not understood: exit code 2, with the command's usage. Nothing has happened yet. */
export const usage = fault<{ problem: string; hint?: string }>("cli.usage", {
  status: 400,
  message: ({ problem }) => problem,
  hint: ({ hint }) => hint,
})
