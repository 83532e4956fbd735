import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { thinkingLevels } from "../../src/kernel/channel.ts"
import type { Fault } from "../../src/kernel/fault.ts"
import {
  nearestLevel,
  readThinking,
  requireThinking,
  thinkingFor,
} from "../../src/models/thinking.ts"
import { fakeModel } from "../support/fake-model.ts"
import { collect, modelsFor, says } from "./models-for.ts"

const env = {
  OPENAI_API_KEY: "o",
  ANTHROPIC_API_KEY: "a",
  GEMINI_API_KEY: "g",
  ZAI_API_KEY: "z",
  QWEN_API_KEY: "sk-q",
  OPENROUTER_API_KEY: "or",
  XAI_API_KEY: "x",
  GROQ_API_KEY: "q",
}
const models = modelsFor({ env })

describe("thinking as each provider is told", () => {
  test.each([
    ["openai/gpt-5.5", "off", { reasoning: "none" }],
    ["openai/gpt-5.5", "xhigh", { reasoning: "xhigh" }],
    ["openai/gpt-5-mini", "off", { reasoning: "minimal" }],
    ["openai/gpt-5-mini", undefined, { reasoning: "low" }],
    ["openai/gpt-4.1", "high", {}],
    ["anthropic/claude-sonnet-4-5", "high", { reasoning: "high" }],
    ["anthropic/claude-sonnet-4-5", "xhigh", { reasoning: "high" }],
    ["google/gemini-3-pro-preview", "medium", { reasoning: "low" }],
    ["zai/glm-4.7", "high", { providerOptions: { zai: { thinking: { type: "enabled" } } } }],
    ["zai/glm-4.7", "off", { providerOptions: { zai: { thinking: { type: "disabled" } } } }],
    ["qwen/qwen-plus", "off", { providerOptions: { qwen: { enable_thinking: false } } }],
    [
      "openrouter/a/b",
      "high",
      { providerOptions: { openrouter: { reasoning: { effort: "high" } } } },
    ],
    ["openrouter/a/b", undefined, {}],
    ["xai/grok-4", "high", {}],
    ["groq/openai/gpt-oss-120b", "off", { reasoning: "low" }],
    ["fased/guide", "high", {}],
  ] as const)("%s at %s", async (ref, level, options) => {
    expect(thinkingFor(await models.open(ref), level)).toEqual(options as object)
  })

  test("a compatible server that is told nothing of thinking hears nothing", async () => {
    await using server = fakeModel()
    const config = { providers: { fake: server.provider("openai-completions") } }
    const model = await modelsFor({ config }).open("fake/fake-1")
    const options = { prompt: says("hi"), ...thinkingFor(model, "high") }
    await collect((await model.language.doStream(options)).stream)
    expect(server.calls[0]!.body).not.toHaveProperty("reasoning_effort")
  })

  test("on and off reach a server in its own words", async () => {
    await using server = fakeModel()
    const provider = {
      ...server.provider("openai-completions"),
      models: [{ id: "m", reasoning: true }],
    }
    const opened = await modelsFor({ config: { providers: { zai: provider } } }).open("zai/m")
    await collect(
      (await opened.language.doStream({ prompt: says("hi"), ...thinkingFor(opened, "high") }))
        .stream,
    )
    expect(server.calls[0]!.body.reasoning_effort).toBe("high")
  })
})

test("one's own server is told in the words that its settings name", async () => {
  const model = (id: string, compat?: object) => ({ id, reasoning: true, compat })
  const mine = {
    baseUrl: "http://127.0.0.1:9/v1",
    models: [
      model("plain"),
      model("q", { thinkingFormat: "qwen", supportsStore: false }),
      model("z", { thinkingFormat: "zai" }),
      model("fixed", { supportsReasoningEffort: false }),
    ],
  }
  const models = modelsFor({ config: { providers: { mine } } })
  const told = async (id: string) => thinkingFor(await models.open(`mine/${id}`), "high")
  expect(await told("plain")).toEqual({ reasoning: "high" })
  expect(await told("q")).toEqual({ providerOptions: { mine: { enable_thinking: true } } })
  expect(await told("z")).toEqual({ providerOptions: { mine: { thinking: { type: "enabled" } } } })
  expect(await told("fixed")).toEqual({})
})

test("the settings say how hard models think, and one model's params say it of that one", async () => {
  const agents = {
    defaults: {
      thinkingDefault: "high",
      models: { "openai/gpt-5.5": { params: { thinking: "ultrathink+" } }, "openai/gpt-5.4": {} },
    },
  }
  const models = modelsFor({ env, agents })
  expect(thinkingFor(await models.open("openai/gpt-5.4"))).toEqual({ reasoning: "high" })
  expect(thinkingFor(await models.open("openai/gpt-5.5"))).toEqual({ reasoning: "xhigh" })
})

test("levels have other names", () => {
  const read = (typed: string) => readThinking(typed)
  expect(
    ["think", "Think  Hard", "think harder", "ultrathink", "highest", "max"].map(read),
  ).toEqual(["minimal", "low", "medium", "high", "high", "high"])
  expect(["ultrathink+", "x-high", "X_HIGH", "extra-high"].map(read)).toEqual(
    Array.from({ length: 4 }, () => "xhigh" as const),
  )
  expect(["", "toString", "lots"].map(read)).toEqual([undefined, undefined, undefined])
})

test("a level that a model lacks is refused with those it has", async () => {
  const glm = await models.open("zai/glm-4.7")
  expect(requireThinking(glm, "on")).toBe("low")
  const refusal = (run: () => unknown) => {
    try {
      run()
    } catch (error) {
      const { message, hint } = error as Fault
      return `${message} ${hint}`
    }
  }
  expect(refusal(() => requireThinking(glm, "high"))).toBe(
    'zai/glm-4.7 has no thinking level "high". Use one of: off, on.',
  )
  const mini = await models.open("openai/gpt-5-mini")
  expect(refusal(() => requireThinking(mini, "xhigh"))).toEndWith(
    "Use one of: minimal, low, medium, high.",
  )
  const guide = { provider: "fased", model: "guide" }
  expect(refusal(() => requireThinking(guide, "nonsense"))).toEndWith("Use one of: off.")
})

test("the closest level is always one of the model's", () => {
  fc.assert(
    fc.property(
      fc.subarray([...thinkingLevels], { minLength: 1 }),
      fc.constantFrom(...thinkingLevels),
      (levels, wanted) => {
        const nearest = nearestLevel(levels, wanted)
        expect(levels).toContain(nearest)
        if (levels.includes(wanted)) expect(nearest).toBe(wanted)
      },
    ),
  )
})
