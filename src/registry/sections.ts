/**
 * Every section of the config. Apart from the registry, so that a command that only reads settings
 * need not load all there is to do with them.
 */
import { readCarried } from "../kernel/carried.ts"
import { commands } from "../agents/commands.ts"
import { agents } from "../agents/config.ts"
import { messages } from "../agents/messages.ts"
import { approvals } from "../approvals/config.ts"
import { channelsSection } from "../channels/config.ts"
import { env } from "../config/env-block.ts"
import { cron } from "../cron/config.ts"
import { discovery } from "../discovery/config.ts"
import { gateway } from "../gateway/config.ts"
import { withDefaults } from "../kernel/section.ts"
import { logging } from "../logs/config.ts"
import { mcp } from "../mcp/config.ts"
import { memory } from "../memory/config.ts"
import { auth } from "../models/auth/config.ts"
import { models } from "../models/config.ts"
import { wizard } from "../onboard/config.ts"
import { plugins } from "../plugins/config.ts"
import { secrets } from "../secrets/config.ts"
import { tools } from "../tools/config.ts"
import { services } from "../services/config.ts"
import { bindings } from "../routing/config.ts"
import { skills } from "../skills/config.ts"
import { session } from "../sessions/config.ts"
import { update } from "../update/config.ts"
import { usage } from "../usage/config.ts"
import { hooks } from "../webhooks/config.ts"
import { known } from "./channels.ts"
import defaults from "./section-defaults.json" with { type: "file" }

export const declared = [
  gateway,
  discovery,
  agents,
  session,
  memory,
  messages,
  commands,
  channelsSection(known),
  bindings,
  models,
  auth,
  tools,
  approvals,
  mcp,
  services,
  skills,
  plugins,
  env,
  secrets,
  logging,
  usage,
  update,
  wizard,
  hooks,
  cron,
]

/** `npm run docs` makes the defaults from the schemas. */
export const sections = withDefaults(declared, readCarried(defaults))
