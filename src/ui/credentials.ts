import type { ConnectParams } from "../client/wire.ts"
import type { Vault } from "./vault.ts"

type Auth = NonNullable<ConnectParams["auth"]>

/** The parts of `window` a token passes through. */
export interface Page {
  location: Pick<Location, "hash" | "pathname" | "search">
  history: Pick<History, "replaceState">
}

/**
 * The token of a dashboard link (`#token=…`), and nothing else: a link cannot name another gateway.
 * The address is cleaned before anything else runs, so the token stays out of history and referrers;
 * a token in the query has already been seen by servers and is dropped unused.
 */
export const takeToken = ({ location, history }: Page): string | undefined => {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const query = new URLSearchParams(location.search)
  for (const name of ["token", "gatewayUrl", "password"]) query.delete(name)
  const rest = query.size ? `?${query}` : ""
  if (location.hash || rest !== location.search) {
    history.replaceState(null, "", location.pathname + rest)
  }
  return fragment.get("token")?.trim() || undefined
}

/**
 * What to present to the gateway: what a person gave us in this tab, else this browser's own token.
 * The person's token lives as long as the tab, a password only in memory.
 */
export class Credentials {
  readonly #vault: Vault
  readonly #tab: Pick<Storage, "getItem" | "setItem" | "removeItem">
  #password: string | undefined

  constructor(vault: Vault, tab: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    this.#vault = vault
    this.#tab = tab
  }

  useToken(token: string) {
    this.#tab.setItem("fased.token", token)
  }

  usePassword(password: string) {
    this.#password = password
  }

  async current(): Promise<Auth> {
    if (this.#password) return { password: this.#password }
    const token = this.#tab.getItem("fased.token")
    if (token) return { token }
    const deviceToken = await this.#vault.get<string>("device-token")
    return deviceToken ? { deviceToken } : {}
  }

  async keep(deviceToken: string) {
    await this.#vault.set("device-token", deviceToken)
  }

  /** Forgets what the gateway refused. True when there is something else to try. */
  async drop(refused: Auth): Promise<boolean> {
    if (refused.password) this.#password = undefined
    if (refused.token) this.#tab.removeItem("fased.token")
    if (refused.deviceToken) await this.#vault.remove("device-token")
    return Object.keys(await this.current()).length > 0
  }
}
