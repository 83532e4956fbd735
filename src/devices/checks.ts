import { check } from "../kernel/check.ts"
import { Pairing } from "./pairing.ts"

/** Asks the gateway that runs: who knocked while none did is not waiting. */
export const nobodyWaits = check({
  id: "devices.waiting",
  title: "No device waits to be let in",
  severity: "hint",
  needs: { pairing: Pairing },
  async detect({ pairing }) {
    const { pending } = await pairing.list()
    return pending.length ? { pending } : null
  },
  explain: ({ pending }) =>
    `${pending.length === 1 ? "A device waits" : `${pending.length} devices wait`} to be let in: ${pending
      .map(({ displayName, deviceId }) => displayName ?? deviceId)
      .slice(0, 5)
      .join(", ")}. Let in only what you know.`,
  next: ({ pending: [first] }) =>
    `Let one in with: fased devices approve ${first!.requestId} (or: fased devices reject ${first!.requestId})`,
})
