import { fault } from "../kernel/fault.ts"

export const unknownSession = fault<{ key: string }>("sessions.unknown", {
  status: 404,
  message: ({ key }) => `No session named "${key}".`,
  hint: () => "See what exists with: fased sessions list",
})

export const badSessionKey = fault<{ key: string; why: string }>("sessions.bad-key", {
  status: 400,
  message: ({ key, why }) => `"${key}" cannot be a session key: ${why}.`,
  hint: () => "Use main, or a full key such as agent:main:main.",
})
