import type { Clock } from "../kernel/clock.ts"

const most = 20
const windowMs = 60_000
const lockoutMs = 60_000
const mostAddresses = 10_000

/** Wrong tokens and signatures by address: after 20 within a minute an address waits for one. */
export const createAttempts = (clock: Clock) => {
  const addresses = new Map<string, { wrong: number[]; lockedUntil: number }>()
  return {
    /** How long the address has to wait; 0 when it need not. */
    waitMs: (address: string) =>
      Math.max(0, (addresses.get(address)?.lockedUntil ?? 0) - clock.now()),
    wasWrong(address: string) {
      const now = clock.now()
      const known = addresses.get(address)
      const wrong = [...(known?.wrong ?? []).filter((at) => at > now - windowMs), now]
      const locked = wrong.length >= most
      addresses.delete(address)
      addresses.set(address, {
        wrong: locked ? [] : wrong,
        lockedUntil: locked ? now + lockoutMs : (known?.lockedUntil ?? 0),
      })
      if (addresses.size > mostAddresses) addresses.delete(addresses.keys().next().value!)
    },
    wasRight: (address: string) => void addresses.delete(address),
  }
}
export type Attempts = ReturnType<typeof createAttempts>
