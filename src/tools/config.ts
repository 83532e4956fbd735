import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { elevatedSettings } from "../agents/elevated.ts"
import { toolLists, toolRules } from "../agents/tools.ts"
import { section } from "../kernel/section.ts"
import { execSettings } from "./exec-settings.ts"
import { mediaSettings } from "./media-settings.ts"
import { loopDetection } from "./loop-settings.ts"
import { applyPatchSettings } from "./patch-settings.ts"
import { sandboxDefaults } from "./profiles.ts"
import { sessionSettings } from "./session-settings.ts"
import { webSettings } from "./web-settings.ts"

const lists = onFirstUse(() => z.strictObject(toolLists))

export const tools = section({
  id: "tools",
  summary: "What agents may use, and how far their tools reach.",
  reload: "live",
  schema: () =>
    toolRules().extend({
      profile: toolRules().shape.profile.describe(
        "Set of tools to start from. Unset: coding for the operator, messaging for others.",
      ),
      fs: z
        .strictObject({
          workspaceOnly: z
            .boolean()
            .default(true)
            .describe("Keep file tools inside the agent's workspace."),
        })
        .prefault({})
        .describe("File tools."),
      exec: z
        .strictObject({ ...execSettings(), applyPatch: applyPatchSettings() })
        .prefault({})
        .describe("Commands, and patches over several files."),
      web: webSettings(),
      media: mediaSettings(),
      elevated: elevatedSettings(),
      loopDetection: loopDetection(),
      ...sessionSettings(),
      sandbox: z
        .strictObject({
          tools: z
            .strictObject({
              allow: toolLists.allow.default(sandboxDefaults.allow),
              deny: toolLists.deny.default(sandboxDefaults.deny),
            })
            .prefault({})
            .describe("Tools of such a session."),
        })
        .prefault({})
        .describe("Sandboxed sessions."),
      subagents: z
        .strictObject({ tools: lists().prefault({}).describe("Tools of such a session.") })
        .prefault({})
        .describe("Subagents' sessions."),
    }),
})
export type ToolsConfig = z.infer<typeof tools.schema>
