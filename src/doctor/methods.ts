import * as z from "zod"
import { method } from "../kernel/method.ts"
import { Doctor } from "./service.ts"

export const finding = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.enum(["error", "warn", "hint"]),
  explain: z.string(),
  next: z.string().optional(),
  fix: z.string().optional(),
  force: z.literal(true).optional(),
})

const report = () =>
  z.object({
    ok: z.boolean(),
    checked: z.int(),
    findings: z.array(finding),
    skipped: z.array(z.object({ id: z.string(), title: z.string(), because: z.string() })),
  })

export const run = method({
  name: "doctor.run",
  // What it finds names files and addresses of this machine.
  scope: "admin",
  summary: "Check everything and report what needs attention. Changes nothing.",
  params: () => z.strictObject({}),
  result: report,
  example: {},
  needs: { doctor: Doctor },
  handle: (_, { doctor }) => doctor.run(),
})

export const fix = method({
  name: "doctor.fix",
  scope: "admin",
  summary: "Apply the fix of one finding; what it changes is kept before and can be taken back.",
  params: () => z.strictObject({ id: z.string().min(1).max(128).describe("The finding's id.") }),
  result: () =>
    z.object({
      /** Nothing when there is no such finding any more, or it has no fix. */
      repair: z
        .object({
          id: z.string(),
          fix: z.string(),
          diff: z.array(z.string()),
          state: z.enum(["fixed", "remains", "declined", "failed"]),
          problem: z.string().optional(),
        })
        .optional(),
      report: report(),
    }),
  example: { id: "gateway.port-free" },
  needs: { doctor: Doctor },
  async handle({ id }, { doctor }) {
    const { repair, report } = await doctor.fix(id)
    return { repair: repair && { ...repair, diff: [...repair.diff] }, report }
  },
})
