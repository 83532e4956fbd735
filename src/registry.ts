/**
 * Everything this binary holds, listed by hand. To add a capability, add a folder, and a line in the
 * list it belongs to. Each list is a file of its own: a command that needs one does not load the rest.
 */
export { channels } from "./registry/channels.ts"
export { checks } from "./registry/checks.ts"
export { commands } from "./registry/commands.ts"
export { events } from "./registry/events.ts"
export { methods } from "./registry/methods.ts"
export { metrics } from "./registry/metrics.ts"
export { migrations, secretTables } from "./registry/migrations.ts"
export { risks } from "./registry/risks.ts"
export { routes } from "./registry/routes.ts"
export { sections } from "./registry/sections.ts"
export { tools } from "./registry/tools.ts"
