import type { ConnectParams } from "../client/wire.ts"
import type { Exchange } from "./session.ts"
import type { Vault } from "./vault.ts"

type Auth = NonNullable<ConnectParams["auth"]>

/** This tab's own storage. */
type Tab = Pick<Storage, "getItem" | "setItem" | "removeItem" | "clear">
const tabToken = "fased.token"

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
 * What to present to the gateway besides the session's cookie, which is not ours to see. A token a
 * person gave is exchanged for that cookie; it stays in the tab only where the gateway cannot give
 * one. A password stays in memory.
 */
export class Credentials {
  readonly #vault: Vault
  readonly #tab: Tab
  readonly #exchange: (token: string) => Promise<Pick<Exchange, "kind">>
  #password: string | undefined

  constructor(
    vault: Vault,
    tab: Tab,
    exchange: (token: string) => Promise<Pick<Exchange, "kind">>,
  ) {
    this.#vault = vault
    this.#tab = tab
    this.#exchange = exchange
  }

  /** Signs in with a token, or with the one this tab still has. False when it is a wrong one. */
  async useToken(token = this.#tab.getItem(tabToken)): Promise<boolean> {
    if (!token) return true
    this.#tab.setItem(tabToken, token)
    const { kind } = await this.#exchange(token)
    if (kind !== "unavailable") this.#tab.removeItem(tabToken)
    return kind !== "refused"
  }

  usePassword(password: string) {
    this.#password = password
  }

  async current(): Promise<Auth> {
    if (this.#password) return { password: this.#password }
    const token = this.#tab.getItem(tabToken)
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
    if (refused.token) this.#tab.removeItem(tabToken)
    if (refused.deviceToken) await this.#vault.remove("device-token")
    return this.any()
  }

  async any(): Promise<boolean> {
    return Object.keys(await this.current()).length > 0
  }

  /** Forgets everything that could sign this browser in again. */
  async forget() {
    this.#password = undefined
    this.#tab.clear()
    await this.#vault.remove("device-token")
  }
}
