import * as z from "zod"
import { tool } from "../kernel/tool.ts"

const marks = { pending: "[ ]", in_progress: "[>]", completed: "[x]" } as const

export const updatePlan = tool({
  name: "update_plan",
  group: "agents",
  label: "Update the plan",
  description:
    "Writes down the steps of longer work and how far each is, for you and whoever watches. Give all steps each time; at most one is in progress.",
  params: () =>
    z.object({
      explanation: z.string().max(2000).optional().describe("Why the plan changed."),
      steps: z
        .array(
          z.object({
            step: z.string().trim().min(1).max(500).describe("What is to be done, in a few words."),
            status: z.enum(["pending", "in_progress", "completed"]).describe("How far it is."),
          }),
        )
        .min(1)
        .max(50)
        .refine(
          (steps) => steps.filter(({ status }) => status === "in_progress").length <= 1,
          "at most one step may be in progress",
        )
        .describe("All steps, in order."),
    }),
  run({ explanation, steps }, { progress }) {
    const lines = steps.map(({ step, status }) => `${marks[status]} ${step}`)
    const plan = [...(explanation ? [explanation] : []), ...lines].join("\n")
    progress?.(plan)
    return plan
  },
})
