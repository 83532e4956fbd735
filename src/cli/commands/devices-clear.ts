import { loadDevice } from "../../client/device.ts"
import { command, fased } from "../command.ts"
import { listDevices } from "../devices.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const devicesClear = command({
  about: "Removes every paired device; each must be approved to come back.",
  args: {
    yes: { type: "boolean", description: "Do it; without this nothing happens" },
    pending: { type: "boolean", description: "Reject the requests that wait, too" },
    ...gatewayFlags,
  },
  examples: [
    ["fased devices clear --yes", "everybody has to be approved again"],
    ["fased devices clear --yes --pending", "and who waits is turned away"],
  ],
  async run({ yes, pending: alsoPending, ...args }, context) {
    const { out, paths } = context
    if (!yes)
      throw usage({
        problem: "This removes every paired device from the gateway.",
        hint: `If that is what you want: ${fased(context, `devices clear --yes${alsoPending ? " --pending" : ""}`)}`,
      })
    return withGateway(args, context, async (client, target) => {
      const { pending, paired } = await listDevices(client)
      const rejected = alsoPending ? pending.map(({ requestId }) => requestId) : []
      for (const requestId of rejected) await client.request("device.pair.reject", { requestId })
      // Through a gateway elsewhere we are a device ourselves; the connection ends with us.
      const own = target.kind === "local" ? undefined : loadDevice(paths.state).id
      const removed = paired
        .map(({ deviceId }) => deviceId)
        .toSorted((a, b) => Number(a === own) - Number(b === own))
      for (const deviceId of removed) await client.request("device.pair.remove", { deviceId })
      noteTarget(target, context)
      if (args.json) return out.json({ removed, rejected })
      out.print(`${count(removed.length, "device")} removed.`)
      if (alsoPending) out.print(`${count(rejected.length, "request")} rejected.`)
    })
  },
})

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`
