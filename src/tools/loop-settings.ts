import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const calls = (fallback: number, description: string) =>
  z.int().min(1).max(1000).default(fallback).describe(description)
const detector = (description: string) => z.boolean().default(true).describe(description)

/** `tools.loopDetection` (contract 18 §12). */
export const loopDetection = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().default(false).describe("Look for turns that go round in circles."),
      historySize: calls(30, "Newest calls of a turn that are looked at."),
      warningThreshold: calls(10, "So many repeats, and the model is told."),
      criticalThreshold: calls(20, "So many repeats, and the call is refused."),
      globalCircuitBreakerThreshold: calls(
        30,
        "So many repeats, and every further call of the turn is refused.",
      ),
      detectors: z
        .strictObject({
          genericRepeat: detector("The same call with the same arguments."),
          knownPollNoProgress: detector("Waiting for something that does not move on."),
          pingPong: detector("Two calls that take turns and change nothing."),
        })
        .prefault({})
        .describe("What counts as a circle."),
    })
    .refine(
      ({ warningThreshold: warning, criticalThreshold: critical, ...rest }) =>
        warning < critical && critical < rest.globalCircuitBreakerThreshold,
      "must have warningThreshold < criticalThreshold < globalCircuitBreakerThreshold",
    )
    .prefault({})
    .describe("Turns that repeat themselves."),
)
export type LoopDetection = z.infer<ReturnType<typeof loopDetection>>
