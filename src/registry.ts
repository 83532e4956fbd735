/** Everything this binary holds, listed by hand. To add a capability, add a folder and a line here. */
import { workspacesUsable } from "./agent/checks.ts"
import { agents } from "./agent/config.ts"
import { run as doctorRun } from "./doctor/methods.ts"
import { gateway as gatewayTool } from "./doctor/tools.ts"
import type { AnyChannel } from "./kernel/channel.ts"
import type { AnyCheck } from "./kernel/check.ts"
import type { AnyEvent } from "./kernel/event.ts"
import type { AnyMethod } from "./kernel/method.ts"
import type { Section } from "./kernel/section.ts"
import type { AnyTool } from "./kernel/tool.ts"
import { diskSpace, filesPrivate } from "./store/checks.ts"
import { namesKnown } from "./tools/checks.ts"
import { tools as toolsSection } from "./tools/config.ts"
import { catalog as toolsCatalog, effective as toolsEffective } from "./tools/methods.ts"
import * as files from "./tools/tools.ts"

export const sections: readonly Section[] = [agents, toolsSection]
export const methods: readonly AnyMethod[] = [doctorRun, toolsCatalog, toolsEffective]
export const events: readonly AnyEvent[] = []
export const tools: readonly AnyTool[] = [
  files.read,
  files.write,
  files.edit,
  files.list,
  gatewayTool,
]
export const checks: readonly AnyCheck[] = [filesPrivate, diskSpace, namesKnown, workspacesUsable]
export const channels: readonly AnyChannel[] = []
