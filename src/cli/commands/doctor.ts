import { canAsk } from "../prompts.ts"
import { command } from "../command.ts"

export const doctor = command({
  about:
    "Looks at the config, files, models, service and gateway, and says what helps. At a terminal it " +
    "asks before each repair; elsewhere it changes nothing unless a flag says so. What a repair " +
    "changes is kept in the state folder, and --undo puts it back. " +
    "The exit code is 1 while something keeps fased from doing its job.",
  args: {
    fix: { type: "boolean", alias: ["repair"], description: "Make every repair that is safe" },
    yes: { type: "boolean", description: "Take the suggested answer to every question" },
    force: {
      type: "boolean",
      description: "Offer repairs that replace what you may want to keep, too",
    },
    "non-interactive": {
      type: "boolean",
      description: "Ask nothing; only bring this instance's own files up to date",
    },
    deep: { type: "boolean", description: "Look through every service of the machine, too" },
    "generate-gateway-token": {
      type: "boolean",
      description: "Write a new gateway token into the config",
    },
    "workspace-suggestions": {
      type: "boolean",
      default: true,
      description: "Leave out advice on the agents' folders",
    },
    undo: { type: "boolean", description: "Put back what the last run changed" },
    list: { type: "boolean", description: "With --undo: only list the runs that are kept" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased doctor", "look, and ask before each repair"],
    ["fased doctor --fix", "make every repair that is safe"],
    ["fased doctor --undo", "put back what the last run changed"],
  ],
  async run({ undo, list, ...args }, context) {
    if (undo || list) {
      const { runUndo } = await import("../doctor/undo.ts")
      return runUndo({ ...args, list }, context)
    }
    const { runDoctor } = await import("../doctor/run.ts")
    return runDoctor({ ...args, asks: canAsk() && !args.json }, context)
  },
})
