import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { signInDefaults } from "../../../src/models/auth/config.ts"
import {
  afterFailure,
  afterSuccess,
  type FailureClass,
  failureClass,
} from "../../../src/models/auth/cooldown.ts"
import { restsUntil, type Usage, unused } from "../../../src/models/auth/profile.ts"

const settings = signInDefaults().cooldowns
const minute = 60_000
const hour = 60 * minute
const start = 1_700_000_000_000

interface Step {
  class: FailureClass
  /** Since the step before. */
  afterMs?: number
  provider?: string
  retryAfterMs?: number
}

/** How long a profile rests after each of these failures, in minutes; 0 for not at all. */
const rests = (steps: readonly Step[], over: Partial<typeof settings> = {}) => {
  let usage: Usage = unused
  let at = start
  return steps.map(({ afterMs = 0, provider = "openai", ...failure }) => {
    at += afterMs
    usage = afterFailure(usage, { provider, at, ...failure }, { ...settings, ...over })
    return ((restsUntil({ usage }, at) ?? at) - at) / minute
  })
}
const times = (count: number, step: Step) => Array.from({ length: count }, () => step)

describe("the ladder", () => {
  const ladder = [1, 5, 25, 60, 60, 60]
  for (const kind of ["auth", "rate", "overload", "model-not-found"] as const)
    test(`${kind}: 1, 5, 25, then always 60 minutes`, () => {
      expect(rests(times(6, { class: kind, afterMs: hour }))).toEqual(ladder)
    })
  for (const kind of ["timeout", "format"] as const)
    test(`${kind}: no rest, however often`, () => {
      expect(rests(times(6, { class: kind }))).toEqual([0, 0, 0, 0, 0, 0])
    })
  test("no credit: 5 hours, doubling, 24 at most", () => {
    expect(rests(times(5, { class: "billing", afterMs: 20 * hour }))).toEqual(
      [5, 10, 20, 24, 24].map((hours) => hours * 60),
    )
  })
  test("no credit, with other hours for one provider", () => {
    const over = { billingBackoffHoursByProvider: { anthropic: 1 }, billingMaxHours: 3 }
    const steps = times(4, { class: "billing", provider: "anthropic" })
    expect(rests(steps, over)).toEqual([60, 120, 180, 180])
    expect(rests(times(1, { class: "billing" }), over)).toEqual([180])
  })
  test("OpenRouter never rests: it spreads its load itself", () => {
    const steps = (["rate", "auth", "billing"] as const).map((kind) => ({
      class: kind,
      provider: "openrouter",
    }))
    expect(rests(steps)).toEqual([0, 0, 0])
  })
  test("a day without failure begins the ladder anew, a minute less does not", () => {
    const again = (afterMs: number) =>
      rests([...times(3, { class: "rate" }), { class: "rate", afterMs }]).at(-1)
    expect(again(24 * hour + 1)).toBe(1)
    expect(again(24 * hour - minute)).toBe(60)
  })
  test("a provider that asks for longer is left alone for longer, but not for a year", () => {
    const asked = (retryAfterMs: number) => rests([{ class: "rate", retryAfterMs }])[0]
    expect(asked(10 * minute)).toBe(10)
    expect(asked(1000)).toBe(1)
    expect(asked(365 * 24 * hour)).toBe(24 * 60)
  })
  test("an answer makes all good again", () => {
    const usage = afterFailure(unused, { class: "rate", provider: "x", at: start }, settings)
    expect(afterSuccess(usage, start + 5)).toEqual({
      errorCount: 0,
      billingCount: 0,
      lastUsed: start + 5,
    })
  })
})

test("no series of failures gives a rest that is negative, endless or not a number", () => {
  const kinds: FailureClass[] = ["auth", "rate", "overload", "billing", "timeout", "format"]
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          class: fc.constantFrom(...kinds),
          afterMs: fc.nat(48 * hour),
          retryAfterMs: fc.option(fc.double(), { nil: undefined }),
        }),
        { maxLength: 60 },
      ),
      (steps) => {
        for (const rest of rests(steps)) {
          expect(rest).toBeGreaterThanOrEqual(0)
          expect(rest).toBeLessThanOrEqual(48 * 60)
        }
      },
    ),
  )
})

test.each([
  ["models.unauthorized", "auth"],
  ["models.forbidden", "auth"],
  ["models.rate-limited", "rate"],
  ["models.overloaded", "overload"],
  ["models.not-offered", "model-not-found"],
  ["models.out-of-credit", "billing"],
  ["models.timeout", "timeout"],
  ["models.cut-off", "timeout"],
  ["models.garbled", "format"],
  ["models.bad-request", "format"],
  ["models.context-overflow", undefined],
  ["agents.deadline", undefined],
  ["constructor", undefined],
])("%s is of class %s", (code, kind) => {
  expect(failureClass({ code })).toBe(kind as FailureClass)
})
