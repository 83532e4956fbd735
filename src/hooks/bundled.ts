import type { Hook } from "./hook.ts"

const of = (hook: Omit<Hook, "source" | "missing">): Hook => ({
  ...hook,
  source: "bundled",
  missing: [],
})

/** The hooks that come with fased. Their work is loaded when it is first called for. */
export const bundled: readonly Hook[] = [
  of({
    name: "boot-md",
    description: "Has every agent work through its BOOT.md when the gateway has started.",
    events: ["gateway:startup"],
    run: async (event, call) => (await import("./boot-md.ts")).bootAgents(event, call),
  }),
  of({
    name: "bootstrap-extra-files",
    description:
      "Puts more files of the workspace into the prompt: those that `paths` of its settings names.",
    events: ["agent:bootstrap"],
    run: async (event, call) => (await import("./extra-files.ts")).addFiles(event, call),
  }),
  of({
    name: "command-logger",
    description: "Writes every chat command to commands.log in the log folder.",
    events: ["command"],
    run: async (event, call) => (await import("./command-logger.ts")).logCommand(event, call),
  }),
  of({
    name: "session-memory",
    description: "Keeps the last words of a conversation with you in memory when it begins afresh.",
    events: ["session:reset"],
    run: async (event, call) => (await import("./session-memory.ts")).remember(event, call),
  }),
]
