import * as sessionTools from "../agent/session-tools/tools.ts"
import * as subagents from "../agent/subagents/tools.ts"
import { cronTool } from "../cron/tools.ts"
import { gateway as gatewayTool } from "../doctor/tools.ts"
import { exec, processTool } from "../exec/tools.ts"
import type { AnyTool } from "../kernel/tool.ts"
import * as memory from "../memory/tools.ts"
import { canvasTool } from "../nodes/canvas-tool.ts"
import { nodesTool } from "../nodes/tools.ts"
import { message } from "../outbox/tools.ts"
import * as github from "../services/github/tools.ts"
import * as calendar from "../services/google/calendar-tools.ts"
import * as gmail from "../services/google/gmail-tools.ts"
import * as mail from "../services/mail/tools.ts"
import * as rest from "../services/rest/tools.ts"
import { sessionStatus } from "../sessions/status-tool.ts"
import { applyPatch } from "../tools/apply-patch.ts"
import { image } from "../tools/image-tool.ts"
import { updatePlan } from "../tools/plan-tools.ts"
import * as search from "../tools/search-tools.ts"
import * as files from "../tools/tools.ts"
import { webFetch, webSearch } from "../web/tools.ts"

export const tools: readonly AnyTool[] = [
  files.read,
  files.write,
  files.edit,
  files.list,
  search.find,
  search.grep,
  applyPatch,
  updatePlan,
  image,
  exec,
  processTool,
  sessionStatus,
  sessionTools.sessionsList,
  sessionTools.sessionsHistory,
  sessionTools.sessionsSend,
  subagents.sessionsSpawn,
  subagents.sessionsYield,
  subagents.subagents,
  subagents.agentsList,
  gatewayTool,
  cronTool,
  memory.memorySearch,
  memory.memoryGet,
  webFetch,
  webSearch,
  github.githubSearch,
  github.githubRead,
  github.githubWrite,
  mail.mailSearch,
  mail.mailRead,
  mail.mailWrite,
  gmail.gmailSearch,
  gmail.gmailRead,
  gmail.gmailWrite,
  calendar.calendarRead,
  calendar.calendarWrite,
  rest.apiOperations,
  rest.apiCall,
  message,
  nodesTool,
  canvasTool,
]
