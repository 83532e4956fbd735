import { DisconnectReason } from "baileys"
import { connectionOver } from "fased/channel"

/** What the end of a connection asks for. `restart`: the same again at once · `retry`: after a while */
export type Ending =
  | { kind: "restart" | "retry"; text: string }
  | { kind: "over"; error: ReturnType<typeof connectionOver> }

const command = "fased channels login --channel whatsapp"

export const notLinked = () =>
  connectionOver({
    why: "credentials",
    text: "Not linked (QR required).",
    hint: `Link it: ${command}`,
  })

const relink = (text: string): Ending => ({
  kind: "over",
  error: connectionOver({ why: "credentials", text, hint: `Link it again: ${command}` }),
})

/** Reads the code that WhatsApp, or Baileys for it, closes a connection with. */
export const endingOf = (code: number | undefined, words: string): Ending => {
  switch (code) {
    case DisconnectReason.loggedOut:
      return relink("WhatsApp has logged the account out.")
    case DisconnectReason.forbidden:
      return relink("WhatsApp has barred the account.")
    case DisconnectReason.multideviceMismatch:
    case 419:
      return relink("WhatsApp does not take what links the account any more.")
    case DisconnectReason.connectionReplaced:
    case 409:
      return {
        kind: "over",
        error: connectionOver({
          why: "conflict",
          text: "Another program uses this link to WhatsApp.",
          hint: "Stop the other one, or link this account anew as a device of its own.",
        }),
      }
    case DisconnectReason.restartRequired:
      return { kind: "restart", text: "WhatsApp asked to connect anew." }
    default:
      return { kind: "retry", text: `The connection to WhatsApp ended: ${words}.` }
  }
}
