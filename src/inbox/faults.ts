import { fault } from "../kernel/fault.ts"

export const fileNotHad = fault<{ why: string }>("inbox.file-not-had", {
  status: 502,
  message: ({ why }) => why,
  hint: () => "Send it again, or as a link.",
})
