import { afterAll } from "bun:test"
import { adapterContract } from "../../contract/adapter.ts"
import { fakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

const { channel, remove } = await whatsappChannel()
afterAll(remove)

adapterContract(channel, fakeWhatsapp)
