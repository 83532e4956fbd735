import { entriesUsable } from "../access/checks.ts"
import { foldersOwn } from "../agent/agents/checks.ts"
import { workspaceKept, workspaceLeft, workspacesUsable } from "../agent/checks.ts"
import { turnsMove } from "../agent/turn-checks.ts"
import * as approvalChecks from "../approvals/checks.ts"
import * as channelChecks from "../channels/checks.ts"
import { keyReadable, tokensFit } from "../client/checks.ts"
import {
  configPrivate,
  configValid,
  environmentWhole,
  linkLeads,
  namesOnce,
} from "../config/checks.ts"
import { nobodyWaits } from "../devices/checks.ts"
import { guarded } from "../gateway/auth-checks.ts"
import {
  certificateLasts,
  certificateUsable,
  portFree,
  startable,
  tailscaleServes,
} from "../gateway/checks.ts"
import * as neighbourChecks from "../gateway/neighbour-checks.ts"
import type { AnyCheck } from "../kernel/check.ts"
import { switchedOnRun } from "../hooks/checks.ts"
import { folderSmall } from "../logs/checks.ts"
import * as mcpChecks from "../mcp/checks.ts"
import { embedderReady, indexesWhole } from "../memory/checks.ts"
import * as signInChecks from "../models/auth/checks.ts"
import { assignedKnown, connected as modelConnected, defaultUsable } from "../models/checks.ts"
import { offersAllowed } from "../nodes/checks.ts"
import { undelivered } from "../outbox/checks.ts"
import { dockerAnswers, imagesThere } from "../sandbox/checks.ts"
import { pluginsUsable } from "../plugins/checks.ts"
import { whatsappLinkMoved } from "../plugins/whatsapp-link.ts"
import { notShadowed, resolvable, upToDate } from "../secrets/checks.ts"
import { credentialsTaken, granteesKnown } from "../services/checks.ts"
import * as serviceChecks from "../service/checks.ts"
import { readable as sessionsReadable, tidy as sessionsTidy } from "../sessions/checks.ts"
import * as skillChecks from "../skills/checks.ts"
import { diskSpace, filesPrivate } from "../store/checks.ts"
import { databaseWhole } from "../store/database-checks.ts"
import * as stateChecks from "../store/state-checks.ts"
import { namesKnown } from "../tools/checks.ts"
import { nothingStaged, notTakenBack } from "../update/checks.ts"
import { tasksRun } from "../cron/checks.ts"
import { budgetsCount, withinBudgets } from "../usage/checks.ts"
import { searchReady } from "../web/checks.ts"
import * as gmailChecks from "../webhooks/gmail/checks.ts"

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
  keyReadable,
  tokensFit,
  nobodyWaits,
  offersAllowed,
  approvalChecks.patternsCount,
  approvalChecks.patternsNarrow,
  approvalChecks.fileTakenOver,
  approvalChecks.safeBinsKnown,
  workspacesUsable,
  foldersOwn,
  workspaceLeft,
  workspaceKept,
  turnsMove,
  sessionsReadable,
  sessionsTidy,
  namesKnown,
  skillChecks.readable,
  skillChecks.complete,
  skillChecks.single,
  mcpChecks.programsThere,
  mcpChecks.serversAnswer,
  dockerAnswers,
  imagesThere,
  defaultUsable,
  assignedKnown,
  pluginsUsable,
  whatsappLinkMoved,
  channelChecks.channelsKnown,
  channelChecks.defaultNamed,
  entriesUsable,
  channelChecks.accountsConnected,
  searchReady,
  embedderReady,
  indexesWhole,
  modelConnected,
  signInChecks.profilesLast,
  signInChecks.profilesReady,
  signInChecks.orderKnown,
  credentialsTaken,
  granteesKnown,
  switchedOnRun,
  gmailChecks.mailboxReadable,
  gmailChecks.pushProven,
  gmailChecks.mailModelUsable,
  serviceChecks.single,
  serviceChecks.running,
  serviceChecks.drifted,
  serviceChecks.custom,
  serviceChecks.current,
  serviceChecks.outlivesLogin,
  serviceChecks.older,
  serviceChecks.launchdSecret,
  serviceChecks.others,
  withinBudgets,
  tasksRun,
  budgetsCount,
  notTakenBack,
  nothingStaged,
  undelivered,
]
