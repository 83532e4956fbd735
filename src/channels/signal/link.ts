import { endGroup } from "../../exec/group.ts"
import { type Channel, connectionOver } from "../../kernel/network.ts"
import { findProgram, readLines } from "./daemon.ts"
import { createRpc } from "./rpc.ts"
import { daemonAddress, type settings, type SignalSettings, startsDaemon } from "./settings.ts"

type Login = NonNullable<Channel<ReturnType<typeof settings>, SignalSettings>["login"]>

/** How the device is called on the phone. */
const deviceName = "Fased"
const uri = /^(?:sgnl|tsdevice):\S+$/

/** Links this gateway as a further device of an account; the phone scans the code. */
export const linkSignal: Login = async (config, context, step) => {
  step({ kind: "waiting", message: "Asking Signal for a code." })
  const number = await (startsDaemon(config) ? byProgram : byDaemon)(config, context, (text) =>
    step({ kind: "qr", text }),
  )
  const hint =
    number && number !== config.account ? ` Set channels.signal.account to "${number}".` : ""
  step({ kind: "done", message: `Linked${number ? ` as ${number}` : ""}.${hint}` })
}

type Link = (
  config: SignalSettings,
  context: Parameters<Login>[1],
  show: (uri: string) => void,
) => Promise<string | undefined>

const byProgram: Link = async (config, { environment, folder, clock, signal }, show) => {
  const program = findProgram(config, environment)
  signal.throwIfAborted()
  const child = Bun.spawn([program, "link", "-n", deviceName], {
    cwd: folder,
    env: { ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  })
  const end = () => void endGroup(child.pid, clock)
  signal.addEventListener("abort", end, { once: true })
  let number: string | undefined
  let last = ""
  const line = (text: string) => {
    if (uri.test(text)) return show(text)
    last = text
    number = /Associated with:\s*(\+\d+)/i.exec(text)?.[1] ?? number
  }
  try {
    await Promise.all([readLines(child.stdout, line), readLines(child.stderr, line)])
    const code = await child.exited
    signal.throwIfAborted()
    if (code === 0) return number
    throw connectionOver({
      why: "credentials",
      text: `signal-cli could not link: ${last.slice(0, 300) || `it ended with code ${code}`}`,
      hint: "A code is good for a minute or so; try again.",
    })
  } finally {
    signal.removeEventListener("abort", end)
  }
}

const byDaemon: Link = async (config, { signal }, show) => {
  const rpc = createRpc(daemonAddress(config), () => undefined, signal)
  const { deviceLinkUri } = await rpc.call<{ deviceLinkUri: string }>("startLink")
  show(deviceLinkUri)
  const linked = await rpc.call<{ number?: string }>("finishLink", { deviceLinkUri, deviceName })
  return linked.number
}
