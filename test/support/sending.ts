import { setImmediate } from "node:timers/promises"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Turn, TurnPart } from "../../src/agent/turns.ts"
import type { Outcome } from "../../src/agent/outcome.ts"
import { agents } from "../../src/agents/config.ts"
import { messages } from "../../src/agents/messages.ts"
import { createBus } from "../../src/kernel/event.ts"
import type { Asked } from "../../src/outbox/answer.ts"
import { createAnswers } from "../../src/outbox/answers.ts"
import { createEnclosures } from "../../src/outbox/enclosures.ts"
import { createOutbox } from "../../src/outbox/outbox.ts"
import { createSend } from "../../src/outbox/send.ts"
import { migrations } from "../../src/outbox/schema.ts"
import { createOutboxStore } from "../../src/outbox/store.ts"
import { createWatch } from "../../src/outbox/watch.ts"
import { session } from "../../src/sessions/config.ts"
import type { SessionOverrides } from "../../src/sessions/overrides.ts"
import { Database } from "../../src/store/database.ts"
import { fakeAccounts } from "./fake-accounts.ts"
import { silentLog } from "./silent-log.ts"
import { turnableClock } from "./turnable-clock.ts"

/** All that sends, on one account of a fake network, with a clock to turn. */
export const startSending = (
  options: {
    network?: Parameters<typeof fakeAccounts>[0]
    settings?: object
    agents?: object
    messages?: object
    session?: object
    overrides?: SessionOverrides
    mayReadFiles?: boolean
    db?: Database
  } = {},
) => {
  const home = mkdtempSync(join(tmpdir(), "fased-sending-"))
  const network = fakeAccounts(options.network)
  const clock = turnableClock()
  const settings = {
    enabled: true,
    chunkMode: "length",
    markdown: {},
    replyToMode: "off",
    replyToModeByChatType: {},
    retry: {},
    ...options.settings,
  } as never
  const networks = {
    find: (id: string, account = "default") =>
      id === "fake" ? { channel: network.channel, account, settings } : undefined,
    channel: (id: string) => (id === "fake" ? network.channel : undefined),
    configured: () => ["fake"],
  }
  const db = options.db ?? new Database(":memory:", migrations)
  const outbox = createOutbox({
    store: createOutboxStore(db),
    accounts: network.accounts,
    channel: networks.channel,
    bus: createBus(),
    count() {},
    clock,
    log: silentLog,
  })
  network.accounts.onConnected((channel, account) => void outbox.connected(channel, account))
  const workspace = join(home, "workspace")
  const state = join(home, "state")
  const paths = { home, state, config: join(home, "fased.json"), workspace } as never
  const enclosures = createEnclosures({
    folder: join(state, "media", "outbound"),
    own: [state],
    guardedFetch: async () => {
      throw new Error("no internet here")
    },
  })
  const shared = {
    outbox,
    networks,
    enclosures,
    accounts: network.accounts,
    agents: () => agents.schema.parse(options.agents ?? {}),
    messages: () => messages.schema.parse(options.messages ?? {}),
    session: () => session.schema.parse(options.session ?? {}),
    find: async () => ({ overrides: options.overrides ?? {} }),
    paths,
    clock,
    log: silentLog,
  }
  const send = createSend(shared)
  const answers = createAnswers({
    ...shared,
    send,
    mayReadFiles: () => options.mayReadFiles ?? true,
  })
  return {
    ...network,
    network,
    outbox,
    answers,
    watch: createWatch({ ...shared, answers }),
    send,
    clock,
    db,
    workspace,
    /** Resolves once nothing is on its way any more; the clock is turned as far as that takes. */
    async quiet() {
      for (let round = 0; round < 200; round++) {
        await setImmediate()
        const { pending = 0, sending = 0 } = await outbox.count()
        if (!pending && !sending && round > 3) return
        clock.turn(250)
      }
      throw new Error("something is still on its way")
    },
    async [Symbol.asyncDispose]() {
      await outbox.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A message somebody sent on the fake network. */
export const asked = ({
  kind = "direct",
  addressed = true,
  runId = "run-1",
}: { kind?: "direct" | "group"; addressed?: boolean; runId?: string } = {}): Asked => ({
  runId,
  sessionKey: "agent:main:main",
  agentId: "main",
  message: {
    channel: "fake",
    account: "default",
    chat: "c1",
    id: "in-1",
    sender: { kind: "person", id: "ada" },
    text: "hello",
    network: { conversation: { id: "c1", kind }, at: 0, addressed },
  } as Asked["message"],
})

/** A turn that says what it is told to say. */
export const fakeTurn = () => {
  const listeners = new Set<(part: TurnPart) => void>()
  const over = Promise.withResolvers<Outcome | null>()
  const turn = {
    follow(listener: (part: TurnPart) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    done: over.promise,
  } as unknown as Turn
  const tell = (part: TurnPart) => {
    for (const listener of listeners) listener(part)
  }
  return {
    turn,
    say: (delta: string) => tell({ type: "text", delta }),
    think: (delta: string) => tell({ type: "thinking", delta }),
    end: () => over.resolve(null),
  }
}
