import * as access from "../access/methods.ts"
import { agentIdentity, agentsList } from "../agent/agents.ts"
import * as agentFiles from "../agent/agents/files.ts"
import * as agentMemory from "../agent/agents/memory.ts"
import * as agentChanges from "../agent/agents/methods.ts"
import { history as chatHistory } from "../agent/chat-history.ts"
import * as chat from "../agent/chat.ts"
import * as compaction from "../agent/compaction/methods.ts"
import { listCommands } from "../agent/list-commands.ts"
import { agent, agentWait } from "../agent/run.ts"
import { unlock } from "../agent/unlock.ts"
import * as approvals from "../approvals/methods.ts"
import * as execPolicy from "../approvals/policy-methods.ts"
import * as channelAccounts from "../channels/account-methods.ts"
import * as channelLogin from "../channels/login-methods.ts"
import * as channels from "../channels/methods.ts"
import { resolve as channelsResolve } from "../channels/resolve-method.ts"
import * as configChanges from "../config/change-methods.ts"
import * as config from "../config/methods.ts"
import * as cron from "../cron/methods.ts"
import * as cronRuns from "../cron/run-methods.ts"
import * as devices from "../devices/methods.ts"
import * as doctor from "../doctor/methods.ts"
import { cancelRequest } from "../gateway/cancel-method.ts"
import { describeMethod } from "../gateway/method-help.ts"
import * as gateway from "../gateway/methods.ts"
import * as heartbeat from "../heartbeat/methods.ts"
import type { AnyMethod } from "../kernel/method.ts"
import * as logs from "../logs/methods.ts"
import * as mcp from "../mcp/methods.ts"
import { get as mediaGet } from "../media/methods.ts"
import { doctorStatus as doctorMemoryStatus } from "../memory/doctor-methods.ts"
import * as memory from "../memory/methods.ts"
import * as modelAuth from "../models/auth/methods.ts"
import * as signIn from "../models/auth/sign-in-methods.ts"
import * as models from "../models/methods.ts"
import * as nodes from "../nodes/methods.ts"
import * as nodeCalls from "../nodes/node-methods.ts"
import * as nodePairing from "../nodes/pair-methods.ts"
import * as nodePolicy from "../nodes/policy-methods.ts"
import * as voicewake from "../nodes/voicewake-methods.ts"
import * as deliveries from "../outbox/delivery-methods.ts"
import { directory } from "../outbox/directory-method.ts"
import * as outbox from "../outbox/methods.ts"
import * as sandbox from "../sandbox/methods.ts"
import { reload as secretsReload, set as secretsSet } from "../secrets/methods.ts"
import * as servicesMethods from "../services/methods.ts"
import * as sessionArchives from "../sessions/archive-methods.ts"
import * as sessions from "../sessions/methods.ts"
import { patch as sessionsPatch } from "../sessions/patch-method.ts"
import * as skillChanges from "../skills/change-methods.ts"
import * as skillFiles from "../skills/file-methods.ts"
import * as skills from "../skills/methods.ts"
import * as transfer from "../sessions/transfer-methods.ts"
import * as sessionsUpkeep from "../sessions/upkeep-methods.ts"
import { catalog as toolsCatalog, effective as toolsEffective } from "../tools/methods.ts"
import * as updates from "../update/methods.ts"
import * as usage from "../usage/methods.ts"
import * as sessionsUsage from "../usage/session-methods.ts"
import * as webMethods from "../web/methods.ts"
import * as gmail from "../webhooks/gmail/methods.ts"

export const methods: readonly AnyMethod[] = [
  gateway.health,
  gateway.status,
  gateway.systemPresence,
  gateway.systemEvent,
  gateway.identity,
  cancelRequest,
  describeMethod,
  chat.send,
  chat.abort,
  chat.inject,
  chatHistory,
  agent,
  agentWait,
  agentsList,
  agentChanges.create,
  agentChanges.update,
  agentChanges.remove,
  agentFiles.listFiles,
  agentFiles.getFile,
  agentFiles.setFile,
  agentMemory.listMemory,
  agentMemory.getMemory,
  agentMemory.setMemory,
  agentIdentity,
  listCommands,
  compaction.compact,
  compaction.list,
  compaction.get,
  compaction.branch,
  compaction.restore,
  sessions.list,
  sessions.describe,
  sessions.resolve,
  sessions.preview,
  sessions.reset,
  unlock,
  sessionsPatch,
  sessionsUpkeep.remove,
  sessionsUpkeep.search,
  sessionArchives.list,
  sessionArchives.restore,
  sessionsUpkeep.cleanup,
  sessionsUpkeep.repair,
  transfer.exportTranscript,
  transfer.importTranscript,
  sessions.subscribe,
  sessions.unsubscribe,
  sessions.subscribeMessages,
  sessions.unsubscribeMessages,
  mediaGet,
  memory.status,
  memory.search,
  memory.index,
  doctorMemoryStatus,
  models.list,
  models.catalogStatus,
  models.refresh,
  models.probe,
  modelAuth.authStatus,
  modelAuth.authStatusOld,
  modelAuth.getOrder,
  modelAuth.setOrder,
  modelAuth.clearOrder,
  modelAuth.clear,
  signIn.store,
  signIn.configure,
  signIn.startSignIn,
  signIn.finishSignIn,
  signIn.cancelSignIn,
  sandbox.list,
  sandbox.recreate,
  sandbox.explain,
  skills.status,
  skills.bins,
  skillChanges.create,
  skillChanges.copy,
  skillChanges.install,
  skillFiles.getFile,
  skillFiles.setFile,
  skillChanges.update,
  toolsCatalog,
  toolsEffective,
  channels.status,
  channelAccounts.add,
  channelAccounts.remove,
  channels.start,
  channels.stop,
  channels.logout,
  channelsResolve,
  channelLogin.loginStart,
  channelLogin.loginWait,
  mcp.list,
  mcp.tools,
  mcp.test,
  servicesMethods.list,
  servicesMethods.capabilities,
  servicesMethods.test,
  gmail.setup,
  gmail.sync,
  webMethods.providers,
  webMethods.test,
  config.get,
  config.schema,
  config.lookup,
  configChanges.set,
  configChanges.edit,
  configChanges.patch,
  configChanges.apply,
  configChanges.reload,
  secretsReload,
  secretsSet,
  approvals.request,
  approvals.waitDecision,
  approvals.get,
  approvals.list,
  approvals.resolve,
  execPolicy.get,
  execPolicy.set,
  access.list,
  access.approve,
  access.remove,
  access.explain,
  devices.list,
  devices.approve,
  devices.reject,
  devices.remove,
  devices.rotate,
  devices.revoke,
  devices.createSetup,
  nodes.list,
  nodes.describe,
  nodes.rename,
  nodes.invoke,
  nodes.pendingEnqueue,
  nodeCalls.invokeResult,
  nodeCalls.nodeEvent,
  nodeCalls.pendingPull,
  nodeCalls.pendingDrain,
  nodeCalls.pendingAck,
  nodePairing.list,
  nodePairing.approve,
  nodePairing.reject,
  nodePairing.remove,
  nodePolicy.get,
  nodePolicy.set,
  voicewake.get,
  voicewake.set,
  logs.tail,
  logs.subscribe,
  logs.unsubscribe,
  doctor.run,
  doctor.fix,
  updates.status,
  updates.run,
  usage.status,
  usage.cost,
  sessionsUsage.sessionsUsage,
  sessionsUsage.timeseries,
  sessionsUsage.logs,
  heartbeat.last,
  heartbeat.set,
  heartbeat.wake,
  cron.list,
  cron.get,
  cron.status,
  cron.add,
  cron.update,
  cron.remove,
  cron.run,
  cronRuns.runs,
  cronRuns.runDetail,
  cronRuns.cancelRun,
  cronRuns.retryRun,
  cronRuns.clearStale,
  cronRuns.audit,
  outbox.send,
  outbox.poll,
  outbox.action,
  directory,
  deliveries.list,
  deliveries.retry,
  deliveries.discard,
]
