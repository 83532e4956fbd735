import { channel } from "fased/channel"
import { connect } from "./connect.ts"
import { login, logout } from "./login.ts"
import { settingsOf } from "./settings.ts"

// libsignal prints the sessions that it closes, with their private keys: nothing is printed here.
for (const level of ["debug", "error", "info", "log", "trace", "warn"] as const)
  console[level] = () => undefined

/** WhatsApp, as one of the devices that are linked to a phone. */
export const plugin = channel({
  connect: (config, context) => connect(settingsOf(config, context), context),
  login: (config, context, step) => login(settingsOf(config, context), context, step),
  logout: (config, context) => logout(settingsOf(config, context), context),
})
