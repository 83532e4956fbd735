import { signal } from "../../../src/channels/signal/index.ts"
import { adapterContract } from "../../contract/adapter.ts"
import { fakeSignal } from "../../support/fake-signal.ts"

adapterContract(signal, async () => fakeSignal())
