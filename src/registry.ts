/** Everything this binary holds, listed by hand. To add a capability, add a folder and a line here. */
import { agentIdentity, agentsList } from "./agent/agents.ts"
import { history as chatHistory } from "./agent/chat-history.ts"
import * as chat from "./agent/chat.ts"
import { workspaceKept, workspaceLeft, workspacesUsable } from "./agent/checks.ts"
import { listCommands } from "./agent/commands.ts"
import { agentEvent, chatEvent } from "./agent/events.ts"
import { agent, agentWait } from "./agent/run.ts"
import { keyReadable, tokensFit } from "./client/checks.ts"
import {
  configPrivate,
  configValid,
  environmentWhole,
  linkLeads,
  namesOnce,
} from "./config/checks.ts"
import { configChanged } from "./config/events.ts"
import * as configChanges from "./config/change-methods.ts"
import * as config from "./config/methods.ts"
import * as configRisks from "./config/risks.ts"
import { nobodyWaits } from "./devices/checks.ts"
import { pairRequested, pairResolved } from "./devices/events.ts"
import * as devices from "./devices/methods.ts"
import {
  migrations as devicesMigrations,
  secretTables as devicesSecrets,
} from "./devices/schema.ts"
import { mdnsFull } from "./discovery/risks.ts"
import { run as doctorRun } from "./doctor/methods.ts"
import { gateway as gatewayTool } from "./doctor/tools.ts"
import {
  apisServed,
  certificateLasts,
  certificateUsable,
  portFree,
  startable,
  tailscaleServes,
} from "./gateway/checks.ts"
import { guarded } from "./gateway/auth-checks.ts"
import * as gatewayEvents from "./gateway/events.ts"
import * as gateway from "./gateway/methods.ts"
import * as neighbourChecks from "./gateway/neighbour-checks.ts"
import * as proxyRisks from "./gateway/proxy-risks.ts"
import * as gatewayRisks from "./gateway/risks.ts"
import { migrations as gatewayMigrations, secretTables as gatewaySecrets } from "./gateway/store.ts"
import { migrations as inboxMigrations } from "./inbox/store.ts"
import type { AnyChannel } from "./kernel/channel.ts"
import type { AnyCheck } from "./kernel/check.ts"
import type { AnyEvent } from "./kernel/event.ts"
import type { AnyMethod } from "./kernel/method.ts"
import type { AnyRisk } from "./kernel/risk.ts"
import type { AnyTool } from "./kernel/tool.ts"
import { folderSmall } from "./logs/checks.ts"
import { tail as logsTail } from "./logs/methods.ts"
import { patternsReplaced, redactionOff } from "./logs/risks.ts"
import { connected as modelConnected, defaultUsable } from "./models/checks.ts"
import * as models from "./models/methods.ts"
import { plainHttp, privateNetwork } from "./models/risks.ts"
import * as serviceChecks from "./service/checks.ts"
import { notShadowed, resolvable, upToDate } from "./secrets/checks.ts"
import { reload as secretsReload } from "./secrets/methods.ts"
import * as secretsRisks from "./secrets/risks.ts"
import { sessionMessage, sessionsChanged } from "./sessions/events.ts"
import * as sessions from "./sessions/methods.ts"
import { migrations as sessionsMigrations } from "./sessions/schema.ts"
import { sessionsList, sessionStatus } from "./sessions/tools.ts"
import { diskSpace, filesPrivate } from "./store/checks.ts"
import { databaseWhole } from "./store/database-checks.ts"
import type { Migration } from "./store/database.ts"
import { openFiles } from "./store/risks.ts"
import * as stateChecks from "./store/state-checks.ts"
import { namesKnown } from "./tools/checks.ts"
import { catalog as toolsCatalog, effective as toolsEffective } from "./tools/methods.ts"
import { reachesEverywhere } from "./tools/risks.ts"
import * as files from "./tools/tools.ts"
import { nothingStaged, notTakenBack } from "./update/checks.ts"
import * as updates from "./update/methods.ts"

export { sections } from "./sections.ts"

export const methods: readonly AnyMethod[] = [
  gateway.health,
  gateway.status,
  gateway.systemPresence,
  gateway.systemEvent,
  gateway.identity,
  chat.send,
  chat.abort,
  chat.inject,
  chatHistory,
  agent,
  agentWait,
  agentsList,
  agentIdentity,
  listCommands,
  sessions.list,
  sessions.describe,
  sessions.resolve,
  sessions.preview,
  sessions.reset,
  sessions.subscribe,
  sessions.unsubscribe,
  sessions.subscribeMessages,
  sessions.unsubscribeMessages,
  models.list,
  models.authStatus,
  models.authStatusOld,
  toolsCatalog,
  toolsEffective,
  config.get,
  config.schema,
  config.lookup,
  configChanges.set,
  configChanges.patch,
  configChanges.apply,
  configChanges.reload,
  secretsReload,
  devices.list,
  devices.approve,
  devices.reject,
  devices.remove,
  devices.rotate,
  devices.revoke,
  devices.createSetup,
  logsTail,
  doctorRun,
  updates.status,
  updates.run,
]

export const events: readonly AnyEvent[] = [
  gatewayEvents.connectChallenge,
  gatewayEvents.tick,
  gatewayEvents.shutdown,
  gatewayEvents.presenceChanged,
  gatewayEvents.healthChanged,
  configChanged,
  agentEvent,
  chatEvent,
  sessionsChanged,
  sessionMessage,
  pairRequested,
  pairResolved,
]

export const tools: readonly AnyTool[] = [
  files.read,
  files.write,
  files.edit,
  files.list,
  sessionStatus,
  sessionsList,
  gatewayTool,
]

export const checks: readonly AnyCheck[] = [
  stateChecks.stateThere,
  stateChecks.stateUsable,
  linkLeads,
  configValid,
  configPrivate,
  namesOnce,
  environmentWhole,
  resolvable,
  upToDate,
  notShadowed,
  filesPrivate,
  diskSpace,
  databaseWhole,
  stateChecks.timesPast,
  stateChecks.nothingLeft,
  stateChecks.layoutCurrent,
  stateChecks.stateSingle,
  stateChecks.configSingle,
  folderSmall,
  neighbourChecks.answers,
  neighbourChecks.letsIn,
  neighbourChecks.sameVersion,
  neighbourChecks.noteTrue,
  neighbourChecks.elsewhere,
  guarded,
  startable,
  tailscaleServes,
  certificateUsable,
  certificateLasts,
  portFree,
  apisServed,
  keyReadable,
  tokensFit,
  nobodyWaits,
  workspacesUsable,
  workspaceLeft,
  workspaceKept,
  namesKnown,
  defaultUsable,
  modelConnected,
  serviceChecks.single,
  serviceChecks.running,
  serviceChecks.drifted,
  serviceChecks.custom,
  serviceChecks.current,
  serviceChecks.outlivesLogin,
  serviceChecks.older,
  serviceChecks.launchdSecret,
  serviceChecks.others,
  notTakenBack,
  nothingStaged,
]

/** What `fased security audit` looks for. */
export const risks: readonly AnyRisk[] = [
  configRisks.unreadable,
  ...openFiles,
  gatewayRisks.bindNoAuth,
  gatewayRisks.loopbackNoAuth,
  gatewayRisks.tokenTooShort,
  gatewayRisks.originsMissing,
  gatewayRisks.originsWildcard,
  gatewayRisks.originHostFallback,
  gatewayRisks.bindNoTls,
  gatewayRisks.limitsLax,
  proxyRisks.proxyAuth,
  proxyRisks.proxyNoProxies,
  proxyRisks.proxyNoUserHeader,
  proxyRisks.proxyNoAllowlist,
  proxyRisks.proxyWide,
  proxyRisks.proxiesMissing,
  proxyRisks.realIpFallback,
  proxyRisks.tailscaleFunnel,
  proxyRisks.tailscaleServe,
  mdnsFull,
  configRisks.dangerousFlags,
  configRisks.passwordInConfig,
  configRisks.plainTextSecrets,
  secretsRisks.notJudged,
  secretsRisks.fileOpen,
  secretsRisks.commandOpen,
  redactionOff,
  patternsReplaced,
  reachesEverywhere,
  plainHttp,
  privateNetwork,
]

/** None yet; the first chat network adds its line here. */
export const channels: readonly AnyChannel[] = []

/** Applied in this order to a database that lacks them; only ever added to. */
export const migrations: readonly Migration[] = [
  ...sessionsMigrations,
  ...inboxMigrations,
  ...devicesMigrations,
  ...gatewayMigrations,
]

/** Tables that a backup without secrets leaves empty. */
export const secretTables: readonly string[] = [...devicesSecrets, ...gatewaySecrets]
