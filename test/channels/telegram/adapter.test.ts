import { telegram } from "../../../src/channels/telegram/index.ts"
import { adapterContract } from "../../contract/adapter.ts"
import { fakeTelegram } from "../../support/fake-telegram.ts"

adapterContract(telegram, fakeTelegram)
