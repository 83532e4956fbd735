import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { known } from "../../../src/registry/channels.ts"
import { channelContract } from "../../contract/channel.ts"
import { unheardContract } from "../../contract/unheard.ts"
import { startGateway } from "../../support/gateway.ts"
import { fakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

// Each starts processes of its own, which takes a while on a busy machine.
setDefaultTimeout(20_000)

const { channel, folder, remove } = await whatsappChannel()
const leave = known.join(channel)
afterAll(() => {
  leave()
  remove()
})

channelContract("WhatsApp", fakeWhatsapp)
unheardContract("WhatsApp", { open: fakeWhatsapp, other: "+16660000001" })

test("N143: its process killed, WhatsApp alone is away, and comes back with what was said meanwhile", async () => {
  await using network = await fakeWhatsapp()
  await using gateway = await startGateway({
    config: {
      agents: { defaults: { skipBootstrap: true } },
      channels: {
        whatsapp: { ...network.settings, dmPolicy: "open", allowFrom: ["*"] },
      },
    },
  })
  await network.untilConnected()
  const found = Bun.spawnSync(["pgrep", "-f", `plugin-host ${folder}`]).stdout.toString()
  process.kill(Number(found.trim().split("\n")[0]), "SIGKILL")
  await network.untilTrue(() => !network.connected)
  await network.say(network.ada, network.direct(network.ada), "anybody there?")
  expect(await gateway.client.request("health", {})).toMatchObject({ ok: true })
  const answer = await network.until(({ text }) => text.length > 20)
  expect(answer.room).toBe(network.ada.id)
})
