import { afterAll } from "bun:test"
import { known } from "../../../src/registry/channels.ts"
import { channelContract } from "../../contract/channel.ts"
import { fakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

const { channel, remove } = await whatsappChannel()
const leave = known.join(channel)
afterAll(() => {
  leave()
  remove()
})

channelContract("WhatsApp", fakeWhatsapp)
