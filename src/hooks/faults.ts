import { fault } from "../kernel/fault.ts"

export const badHook = fault<{ folder: string; why: string }>("hooks.bad", {
  status: 400,
  message: ({ folder, why }) => `${folder} is no hook that can be used: ${why}.`,
  hint: () => "It takes a HOOK.md and a handler.ts; see docs/hooks.md.",
})

export const hookThere = fault<{ name: string }>("hooks.there", {
  status: 409,
  message: ({ name }) => `A hook named "${name}" is there already.`,
  hint: ({ name }) => `Remove its folder first, or give yours another name than ${name}.`,
})
