import { fakeDiscord } from "./fake-discord.ts"
import type { FakeNetwork } from "./fake-network.ts"
import { fakeSignal } from "./fake-signal.ts"
import { fakeSlack } from "./fake-slack.ts"
import { fakeTelegram } from "./fake-telegram.ts"

interface Network {
  open(): Promise<FakeNetwork>
  /** The id of somebody who never says anything. */
  other: string
}

/** Every network of the binary, as its fake. */
export const networks: Readonly<Record<string, Network>> = {
  Telegram: {
    open: fakeTelegram,
    other: "6660001",
  },
  Discord: {
    open: fakeDiscord,
    other: "666000000000000001",
  },
  Slack: {
    open: async () => fakeSlack(),
    other: "UMALLORY1",
  },
  Signal: {
    open: async () => fakeSignal(),
    other: "+16660000001",
  },
}
