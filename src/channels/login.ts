import type { Clock } from "../kernel/clock.ts"
import { pause } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { ConnectContext, LoginStep } from "../kernel/connect-context.ts"
import { service } from "../kernel/service.ts"
import { noLogin, takesToken } from "./account-faults.ts"
import { isLive } from "./accounts.ts"
import { within } from "../kernel/deadline.ts"
import type { ChannelControl } from "./service.ts"
import type { Which } from "./supervise.ts"
import { teller } from "./told.ts"

/** How the linking of an account stands. */
export interface LoginState {
  connected: boolean
  message: string
  /** What to scan; another one from time to time. */
  qr?: string
}

/** Links accounts where a person has to, one login per account at a time. */
export interface Logins {
  /** Begins, and resolves with the first thing there is to do. */
  start(which: Required<Which>, options: { force: boolean; timeoutMs: number }): Promise<LoginState>
  /** Resolves when it is over, or when what to scan is other than `seen`. Throws `channels.no-login`. */
  wait(which: Required<Which>, options: { timeoutMs: number; seen?: string }): Promise<LoginState>
  close(): void
}
export const Logins = service<Logins>("logins")

/** Nobody takes longer to pick up a phone. */
const longestMs = 300_000
const lookEveryMs = 200

interface Login {
  abort: AbortController
  state: LoginState
  over: boolean
}

export const createLogins = (
  control: Pick<ChannelControl, "supervisor" | "folder" | "connection">,
  {
    environment,
    clock,
    log,
  }: { environment: ConnectContext["environment"]; clock: Clock; log: Log },
): Logins => {
  const logins = new Map<string, Login>()
  const nameOf = ({ channel, account }: Required<Which>) => JSON.stringify([channel, account])

  const run = async (which: Required<Which>, login: Login) => {
    const supervisor = await control.supervisor()
    const { channel, config } = supervisor.one(which)
    const told = teller(config)
    const step = (step: LoginStep) => {
      login.state =
        step.kind === "qr"
          ? { connected: false, message: "Scan the code.", qr: step.text }
          : { connected: false, message: step.message }
    }
    try {
      await supervisor.stop(which, { state: "needs-login", reason: "It is being linked." })
      const account = {
        account: which.account,
        folder: control.folder(which),
        environment,
        clock,
        log: log.for(`channels/${channel.id}`),
      }
      await within(
        clock,
        longestMs,
        (signal) => channel.login!(config, { ...account, signal }, step),
        login.abort.signal,
      )
      login.state = { connected: true, message: `${channel.label} is linked.` }
      supervisor.start(which)
    } catch (error) {
      login.state = { connected: false, message: `It was not linked: ${told(error)}` }
      await supervisor
        .stop(which, { state: "needs-login", reason: told(error) })
        .catch(() => undefined)
    } finally {
      login.over = true
    }
  }

  /** Looks at it until something is worth telling, or time is up. */
  const until = async (login: Login, isNews: () => boolean, timeoutMs: number) => {
    const end = clock.now() + timeoutMs
    while (!login.over && !isNews() && clock.now() < end)
      await pause(clock, lookEveryMs, login.abort.signal).catch(() => undefined)
    return login.state
  }

  return {
    async start(which, { force, timeoutMs }) {
      const { channel } = (await control.supervisor()).one(which)
      if (!channel.can.login || !channel.login)
        throw takesToken({ label: channel.label, channel: channel.id })
      const live = control.connection(which.channel, which.account)
      if (isLive(live) && !force)
        return { connected: true, message: `${channel.label} is linked already.` }
      const name = nameOf(which)
      let login = logins.get(name)
      if (!login || login.over || force) {
        login?.abort.abort(new Error("another login was begun"))
        login = {
          abort: new AbortController(),
          state: { connected: false, message: "Beginning." },
          over: false,
        }
        logins.set(name, login)
        void run(which, login)
      }
      return until(login, () => login.state.qr !== undefined, timeoutMs)
    },
    async wait(which, { timeoutMs, seen }) {
      const login = logins.get(nameOf(which))
      if (!login) throw noLogin(which)
      const isNews = () =>
        seen !== undefined && login.state.qr !== undefined && login.state.qr !== seen
      return until(login, isNews, timeoutMs)
    },
    close() {
      for (const { abort } of logins.values()) abort.abort(new Error("the gateway stops"))
    },
  }
}
