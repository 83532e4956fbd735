import { describe, expect, test } from "bun:test"
import { loopDetection } from "../../src/tools/loop-settings.ts"
import { createLoopWatches, LoopWatch } from "../../src/tools/loops.ts"

const settings = (more: object = {}) =>
  loopDetection().parse({
    enabled: true,
    warningThreshold: 3,
    criticalThreshold: 5,
    globalCircuitBreakerThreshold: 8,
    ...more,
  })
const only = (detector: string) => ({
  detectors: {
    genericRepeat: false,
    knownPollNoProgress: false,
    pingPong: false,
    [detector]: true,
  },
})

/** What became of each call in turn: `.` done, `n` done with a note, `x` refused. */
const told = (calls: [tool: string, args: object, result: string][], more: object = {}) => {
  const watch = new LoopWatch(settings(more))
  return calls
    .map(([tool, args, result]) => {
      const { note, refuse, done } = watch.begin(tool, args)
      if (!refuse) done(result)
      return refuse ? "x" : note ? "n" : "."
    })
    .join("")
}
const times = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at))

describe("the same call over and over", () => {
  test("is told after a while and then refused", () => {
    expect(told(times(8, () => ["read", { path: "a" }, "same"]))).toBe("...nnxxx")
  })

  test("is only remarked on while its results change", () => {
    expect(told(times(10, (at) => ["read", { path: "a" }, `${at}`]))).toBe("...nnnnnnn")
  })

  test("with other arguments is another call", () => {
    expect(told(times(20, (at) => ["read", { path: `${at}` }, "same"]))).toBe(".".repeat(20))
  })

  test("ends the turn's tools for good when it does not stop", () => {
    const watch = new LoopWatch(settings())
    const call = (args: object) => {
      const { refuse, done } = watch.begin("read", args)
      if (!refuse) done("same")
      return refuse
    }
    for (let round = 0; round < 12; round++) call({ path: "a" })
    expect(call({ path: "b" })).toContain("no more tools")
  })
})

test("waiting without progress is told and refused, waiting with progress is not", () => {
  const poll = (result: (at: number) => string) =>
    told(
      times(9, (at) => ["process", { action: "poll", sessionId: "1" }, result(at)]),
      only("knownPollNoProgress"),
    )
  expect(poll(() => "running")).toBe("...nnxxxx")
  expect(poll((at) => `${at} %`)).toBe(".........")
  expect(
    told(
      times(8, () => ["read", { path: "a" }, "x"]),
      only("knownPollNoProgress"),
    ),
  ).toBe("........")
})

test("two calls that take turns are told and refused, unless they change something", () => {
  const turns = (result: (at: number) => string) =>
    told(
      times(10, (at) => ["read", { path: at % 2 ? "a" : "b" }, result(at)]),
      only("pingPong"),
    )
  expect(turns((at) => `${at % 2}`)).toMatch(/^\.{3,4}n+x+$/)
  expect(turns((at) => `${at}`)).not.toContain("x")
})

test("nothing is watched where it is off, outside a turn, or in another turn", () => {
  const watches = createLoopWatches()
  expect(watches("run", loopDetection().parse({}))).toBeUndefined()
  expect(watches(undefined, settings())).toBeUndefined()
  const on = settings()
  expect(watches("run", on)).toBe(watches("run", on)!)
  expect(watches("run", on)).not.toBe(watches("other", on)!)
})

test("turns long past are forgotten", () => {
  const watches = createLoopWatches()
  const on = settings()
  const first = watches("first", on)
  for (let turn = 0; turn < 300; turn++) watches(`${turn}`, on)
  expect(watches("first", on)).not.toBe(first!)
})

test("the thresholds must rise", () => {
  for (const wrong of [
    { warningThreshold: 20 },
    { criticalThreshold: 30 },
    { warningThreshold: 30, criticalThreshold: 20, globalCircuitBreakerThreshold: 10 },
  ])
    expect(loopDetection().safeParse(wrong).success).toBe(false)
  expect(loopDetection().parse(undefined)).toMatchObject({ enabled: false, historySize: 30 })
})
