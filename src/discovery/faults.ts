import { fault } from "../kernel/fault.ts"

export const unavailable = fault<{ reason: string }>("discovery.unavailable", {
  status: 503,
  message: ({ reason }) => `Multicast DNS cannot be used here: ${reason}.`,
  hint: () => "Name the gateway yourself: fased gateway probe --url <address> --token <token>",
})
