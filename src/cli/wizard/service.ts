import { existsSync } from "node:fs"
import { runtimeUnsupported } from "../../service/faults.ts"
import { installForMyself } from "../commands/gateway-install.ts"
import type { Context } from "../command.ts"
import { openService } from "../service.ts"
import type { Place } from "./place.ts"
import type { Wizard } from "./wizard.ts"

/** Whether the gateway shall run as a service. One that is there already is no question. */
export const chooseService = async (wizard: Wizard, place: Place): Promise<boolean> => {
  const { args, ask, context } = wizard
  if (args["daemon-runtime"] === "node") throw runtimeUnsupported()
  if (args["skip-daemon"]) return false
  if (args["install-daemon"] !== undefined) return args["install-daemon"]
  if (!ask || isInstalled(context)) return false
  if (!hasManager()) {
    ask.say("No service manager runs here, so the gateway is yours to start.")
    return false
  }
  return ask.confirm({
    message:
      place === "hosting"
        ? "Install the service that keeps it running, also after a reboot?"
        : "Keep it running in the background, also after you log in again?",
  })
}

export const isInstalled = (context: Context) => openService(context).installed().length > 0

const hasManager = () => process.platform === "darwin" || existsSync("/run/systemd/system")

/** Installs and starts the service, and waits until its gateway answers. What it says of it is ours to say. */
export const installService = (context: Context) =>
  installForMyself({ ...context, out: { ...context.out, print: () => {} } })
