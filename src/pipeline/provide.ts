import { provideAccess } from "../access/provide.ts"
import { ChatCommands, createChatCommands } from "../agent/chat-commands.ts"
import { provideChatMenu } from "../agent/chat-menu.ts"
import { createEngine } from "../agent/engine.ts"
import { provideContext } from "../agent/provide.ts"
import { standingOf } from "../agent/standing.ts"
import { provideSubagents } from "../agent/subagents/provide.ts"
import { createSubagentStore } from "../agent/subagents/store.ts"
import { Turns } from "../agent/turns.ts"
import { agents, findAgent } from "../agents/config.ts"
import { messages } from "../agents/messages.ts"
import { Environment, Paths } from "../config/paths.ts"
import { cron } from "../cron/config.ts"
import { createInbox } from "../inbox/inbox.ts"
import { Unanswered } from "../inbox/metrics.ts"
import { createInboxStore } from "../inbox/store.ts"
import { Receive } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { tellHooks } from "../kernel/hook-event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import type { Undo } from "../kernel/undo.ts"
import { Models } from "../models/service.ts"
import { provideOutbox } from "../outbox/provide.ts"
import { pipeline } from "../pipeline.ts"
import { commands as declaredCommands } from "../registry/commands.ts"
import type { Directory } from "../sessions/directory.ts"
import { skillCommands, wordsOf } from "../skills/commands.ts"
import { Skills } from "../skills/library.ts"
import { Store } from "../store/database.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { provideIngress } from "./provide-ingress.ts"

/**
 * Everything a message passes on its way to an answer: the ways in, the inbox, the engine, the way
 * out. `undo` takes it down again, the way in first.
 */
export const provideJourney = (
  services: Services,
  { directory, undo }: { directory: Directory; undo: Undo },
) => {
  const clock = services.get(Clock)
  const log = services.get(Log)
  const db = services.get(Store)
  const agentsConfig = () => services.get(agents)
  const skills = services.get(Skills)
  undo.add(() => skills.close())
  const commands = services.provide(
    ChatCommands,
    createChatCommands(declaredCommands, services, [
      skillCommands(skills, wordsOf(declaredCommands)),
    ]),
  )
  provideChatMenu(services)
  const inbox = createInbox({ store: createInboxStore(db), clock, log })
  undo.add(() => inbox.close())
  services.provide(Unanswered, inbox.countUnanswered)
  const outbox = provideOutbox(services, (asked) => standingOf(asked.message, asked))
  undo.add(() => outbox.close())
  const context = provideContext(services)
  undo.add(() => context.close())
  const subagentStore = createSubagentStore(db)
  const engine = createEngine({
    config: agentsConfig,
    messages: () => services.get(messages),
    tasksAtOnce: () => services.get(cron).maxConcurrentRuns,
    paths: services.get(Paths),
    env: services.get(Environment),
    models: services.get(Models),
    toolbox: services.get(Toolbox),
    directory,
    inbox,
    conclude: outbox.replies.conclude,
    descendants: subagentStore.descendants,
    commands,
    context,
    bus: services.get(Bus),
    clock,
    log,
  })
  undo.add(() => engine.close())
  services.provide(Turns, engine.turns)
  const subagents = provideSubagents(services, subagentStore, engine.turns)
  undo.add(() => subagents.close())
  const journey = pipeline({
    inbox,
    engine,
    destinations: {
      key: directory.key,
      requireAgent: (id) => void findAgent(agentsConfig(), id),
    },
    directory,
    stillHeard: (message) => ingress.stillHeard(message),
    replies: outbox.replies,
    tellHooks: tellHooks(services),
    clock,
    log,
  })
  services.provide(Receive, journey.receive)
  provideAccess(services)
  const ingress = provideIngress(services, journey.take)
  undo.add(() => ingress.close())
  return { engine, subagents, outbox, ingress, journey }
}
