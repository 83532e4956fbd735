/** Everything this binary holds, listed by hand. To add a capability, add a folder and a line here. */
import type { AnyChannel } from "./kernel/channel.ts"
import type { AnyCheck } from "./kernel/check.ts"
import type { AnyEvent } from "./kernel/event.ts"
import type { AnyMethod } from "./kernel/method.ts"
import type { Section } from "./kernel/section.ts"
import type { AnyTool } from "./kernel/tool.ts"

export const sections: readonly Section[] = []
export const methods: readonly AnyMethod[] = []
export const events: readonly AnyEvent[] = []
export const tools: readonly AnyTool[] = []
export const checks: readonly AnyCheck[] = []
export const channels: readonly AnyChannel[] = []
