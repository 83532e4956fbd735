import { join } from "node:path"
import { agents } from "../agents/config.ts"
import { approvals } from "../approvals/config.ts"
import { messages } from "../agents/messages.ts"
import type { Accounts } from "../channels/accounts.ts"
import { Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import { Counts } from "../kernel/metric.ts"
import type { Services } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"
import { GuardedFetch } from "../net/guarded-fetch.ts"
import { session } from "../sessions/config.ts"
import { Directory } from "../sessions/directory.ts"
import { Store } from "../store/database.ts"
import { Toolbox } from "../tools/toolbox.ts"
import type { Accepted } from "./answer.ts"
import { createAnswers } from "./answers.ts"
import { createEnclosures } from "./enclosures.ts"
import { createForwarding } from "./forward-approvals.ts"
import { partsSent } from "./metrics.ts"
import { Networks } from "./network.ts"
import { createOutbox } from "./outbox.ts"
import { createSend } from "./send.ts"
import type { SendingParts } from "./sending.ts"
import { createOutboxStore } from "./store.ts"
import { readTarget } from "./target.ts"
import { createWatch } from "./watch.ts"

/** Copies of files that were sent are kept as long as a delivery can be tried again. */
const enclosuresKeptMs = 30 * 24 * 3_600_000
const tidyEveryMs = 6 * 3_600_000

/** Builds all that sends. */
export const createSending = (
  services: Services,
  accounts: Pick<Accounts, "connection">,
  standing: (accepted: Accepted) => Standing,
): SendingParts & { close(): Promise<void> } => {
  const clock = services.get(Clock)
  const log = services.get(Log)
  const paths = services.get(Paths)
  const networks = services.get(Networks)
  const outbox = createOutbox({
    store: createOutboxStore(services.get(Store)),
    accounts,
    channel: networks.channel,
    bus: services.get(Bus),
    count(channel, state) {
      if (services.has(Counts)) services.get(Counts).add(partsSent, [channel, state])
    },
    clock,
    log,
  })
  const enclosures = createEnclosures({
    folder: join(paths.state, "media", "outbound"),
    own: [paths.state, paths.config],
    guardedFetch: services.get(GuardedFetch),
  })
  const shared = {
    outbox,
    networks,
    enclosures,
    accounts,
    agents: () => services.get(agents),
    messages: () => services.get(messages),
    session: () => services.get(session),
    find: (sessionKey: string) => services.get(Directory).find(sessionKey),
    paths,
    clock,
    log,
  }
  const send = createSend(shared)
  const answers = createAnswers({
    ...shared,
    send,
    // Whoever may not have a file read may not have it sent either.
    mayReadFiles: (asked) =>
      services
        .get(Toolbox)
        .offered(standing(asked))
        .some(({ name }) => name === "read"),
  })
  const stopTidying = clock.every(tidyEveryMs, () => {
    enclosures
      .tidy(clock.now() - enclosuresKeptMs)
      .catch((error: unknown) => log.for("outbox").warn("old files stay", { error }))
  })
  return {
    outbox,
    answers,
    watch: createWatch({ ...shared, answers }),
    enclosures,
    send,
    forwarding: createForwarding({
      config: () => services.get(approvals).exec,
      outbox,
      send,
      target: readTarget(networks),
      clock,
      log: log.for("outbox"),
    }),
    async close() {
      stopTidying()
      await outbox.close()
    },
  }
}
