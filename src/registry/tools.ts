import { gateway as gatewayTool } from "../doctor/tools.ts"
import type { AnyTool } from "../kernel/tool.ts"
import { sessionsList, sessionStatus } from "../sessions/tools.ts"
import * as files from "../tools/tools.ts"

export const tools: readonly AnyTool[] = [
  files.read,
  files.write,
  files.edit,
  files.list,
  sessionStatus,
  sessionsList,
  gatewayTool,
]
