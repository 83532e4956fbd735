import { fault } from "../kernel/fault.ts"

export const checkTimeout = fault<{ id: string; seconds: number }>("doctor.check-timeout", {
  status: 504,
  message: ({ id, seconds }) => `${id} gave no answer within ${seconds} s.`,
  hint: () => "Try again when the machine is less busy: fased doctor",
  retryable: true,
})
