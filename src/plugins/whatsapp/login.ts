import type { ConnectContext, LoginStep } from "fased/channel"
import { connectionOver } from "fased/channel"
import { openCredentials } from "./credentials.ts"
import { dropKept } from "./kept.ts"
import { openLink } from "./link.ts"
import { phoneOf } from "./people.ts"
import type { Settings } from "./settings.ts"
import { renewVersion, tooOld } from "./version.ts"

/** So often a code that nobody scanned is followed by another connection with new ones. */
const mostTries = 3
/** For WhatsApp to hear that the device is gone. */
const logoutMs = 20_000

/** Shows codes to scan until a phone has linked the account. */
export const login = async (
  { folder }: Settings,
  { log, signal }: Pick<ConnectContext, "log" | "signal">,
  step: (step: LoginStep) => void,
): Promise<void> => {
  let restarts = 0
  let wasRefused = false
  for (let tries = 0; tries < mostTries;) {
    const credentials = await openCredentials(folder)
    const link = openLink(credentials, {
      log,
      qr: (text) => step({ kind: "qr", text }),
      paired: () => step({ kind: "waiting", message: "Scanned. WhatsApp is linking the account." }),
    })
    const stop = () => void link.close()
    signal.addEventListener("abort", stop, { once: true })
    const isOpen = await link.opened
    signal.removeEventListener("abort", stop)
    if (isOpen) {
      await link.close()
      const number = phoneOf(credentials.creds.me?.id)
      step({ kind: "done", message: `Linked${number ? ` as ${number}` : ""}.` })
      return
    }
    signal.throwIfAborted()
    const ending = await link.ended
    // Once, after a phone has scanned the code, this is how it goes on.
    if (ending.kind === "restart" && ++restarts === 1) continue
    if (ending.kind === "over") {
      // What linked it before is worth nothing any more: it is linked from the beginning.
      if (wasRefused || !credentials.linked()) throw ending.error
      wasRefused = true
      await credentials.remove()
      continue
    }
    if (ending.code === tooOld) await renewVersion(folder)
    tries += 1
    step({ kind: "waiting", message: ending.text })
  }
  throw connectionOver({
    why: "gone",
    text: "Nobody scanned the code.",
    hint: "Open WhatsApp on the phone: Settings, Linked devices, Link a device.",
  })
}

/** Takes the device off the phone's list where WhatsApp can be reached, and forgets what linked it. */
export const logout = async (
  { folder }: Settings,
  { log }: Pick<ConnectContext, "log">,
): Promise<void> => {
  const credentials = await openCredentials(folder)
  if (credentials.linked()) {
    const link = openLink(credentials, { log })
    AbortSignal.timeout(logoutMs).addEventListener("abort", () => void link.close())
    const isOpen = await link.opened
    if (isOpen) await link.socket.logout()
    await link.close()
  }
  await credentials.remove()
  dropKept(folder)
}
