import { z } from "zod"
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

export const run = method({
  name: "doctor.run",
  // What it finds names files and addresses of this machine.
  scope: "admin",
  summary: "Check everything and report what needs attention. Changes nothing.",
  params: z.strictObject({}),
  result: z.object({
    ok: z.boolean(),
    checked: z.int(),
    findings: z.array(finding),
    skipped: z.array(z.object({ id: z.string(), title: z.string(), because: z.string() })),
  }),
  example: {},
  needs: { doctor: Doctor },
  handle: (_, { doctor }) => doctor.run(),
})
