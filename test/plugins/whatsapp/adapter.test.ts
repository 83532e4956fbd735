import { afterAll, setDefaultTimeout } from "bun:test"
import { adapterContract } from "../../contract/adapter.ts"
import { fakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

// Each starts processes of its own, which takes a while on a busy machine.
setDefaultTimeout(20_000)

const { channel, remove } = await whatsappChannel()
afterAll(remove)

adapterContract(channel, fakeWhatsapp)
