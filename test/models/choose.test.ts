import { describe, expect, test } from "bun:test"
import { modelsFor } from "./models-for.ts"

const env = { OPENAI_API_KEY: "o-1", ANTHROPIC_API_KEY: "a-1", GEMINI_API_KEY: "g-1" }
const sonnet = "anthropic/claude-sonnet-4-5"
const opus = "anthropic/claude-opus-4-6"
const gpt = "openai/gpt-5.5"
const mini = "openai/gpt-5.4-mini"

describe("the models of a run", () => {
  const agents = {
    defaults: {
      model: { primary: sonnet, fallbacks: [gpt] },
      imageModel: { primary: "google/gemini-3-pro-preview", fallbacks: [gpt] },
      taskModels: { cheapCheck: mini },
    },
    list: [
      { id: "main" },
      { id: "ada", model: opus, taskModels: { coding: gpt } },
      { id: "bob", model: { primary: "mine/blind", fallbacks: [] } },
    ],
  }
  const config = {
    providers: { mine: { baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "blind" }] } },
  }
  const models = modelsFor({ env, agents, config })

  test.each([
    ["the agent's own", {}, [sonnet, gpt], "agent"],
    ["another agent's own, with the shared fallbacks", { agentId: "ada" }, [opus, gpt], "agent"],
    ["an override ends at the primary", { override: "opus" }, [opus, gpt, sonnet], "override"],
    ["a session's choice", { session: mini }, [mini, gpt, sonnet], "session"],
    [
      "an override before a session's choice",
      { override: gpt, session: mini },
      [gpt, sonnet],
      "override",
    ],
    ["a role of the defaults", { role: "cheapCheck" as const }, [mini, gpt, sonnet], "role"],
    ["an agent's role", { agentId: "ada", role: "coding" as const }, [gpt, opus], "role"],
    ["a role nobody gave a model", { role: "strong" as const }, [sonnet, gpt], "agent"],
    ["pictures, for a model that sees", { pictures: true }, [sonnet, gpt], "agent"],
    [
      "pictures, for a model that does not",
      { agentId: "bob", pictures: true },
      ["google/gemini-3-pro-preview", gpt, "mine/blind"],
      "image",
    ],
  ])("%s", (_name, wish, refs, source) => {
    expect(models.choose(wish)).toEqual({ refs, source } as never)
  })

  test("a session's choice that is gone gives way to the default, and says so", () => {
    const { refs, notice } = models.choose({ session: "nobody/gone" })
    expect(refs).toEqual([sonnet, gpt])
    expect(notice).toContain("nobody/gone")
    expect(notice).toContain(`back on ${sonnet}`)
  })

  test("an override that means nothing is refused", () => {
    expect(() => models.choose({ override: "nobody/gone" })).toThrow("No model is called")
  })

  test("short names in the config are given whole", () => {
    const agents = { defaults: { model: { primary: "Opus", fallbacks: ["gpt", opus] } } }
    expect(modelsFor({ env, agents }).choose({}).refs).toEqual([opus, gpt])
  })

  test("without any choice the first connected model answers", () => {
    expect(modelsFor({ env }).choose({})).toEqual({ refs: [gpt], source: "default" })
  })
})

describe("a list of models to choose from", () => {
  const models = modelsFor({
    env,
    agents: {
      defaults: {
        model: sonnet,
        models: { [opus]: { alias: "big" }, "Google/*": {}, [mini]: {} },
      },
    },
  })

  test("lets nothing else in, in the words that clients look for", () => {
    const refusal = `Model "${gpt}" is not allowed. Use /model to list available models.`
    expect(() => models.check(gpt)).toThrow(refusal)
    expect(() => models.choose({ override: gpt })).toThrow(refusal)
    expect(models.choose({ session: gpt }).notice).toContain(refusal)
  })

  test("lets in what is on it, what a star covers, and what the config assigned", () => {
    expect(models.check("BIG")).toBe(opus)
    expect(models.check("gemini/gemini-2.5-pro")).toBe("google/gemini-2.5-pro")
    expect(models.check(sonnet)).toBe(sonnet)
  })

  test("knows only the usual short names whose model is on it", () => {
    expect([...models.aliases().keys()].toSorted()).toEqual(["big", "gpt-mini", "opus"])
  })

  test("is what people pick from", () => {
    const refs = models.choices().map(({ provider, id }) => `${provider}/${id}`)
    expect(refs).toContain(opus)
    expect(refs).toContain("google/gemini-2.5-flash")
    expect(refs).not.toContain(gpt)
  })
})

describe("a few letters", () => {
  const models = modelsFor({ env })
  test.each([
    ["haiku", "anthropic/claude-haiku-4-5"],
    ["gpt-5 nano", "openai/gpt-5-nano"],
    ["Gemini 2.5 pro", "google/gemini-2.5-pro"],
    ["sonnet", sonnet],
    ["gpt-5", "openai/gpt-5"],
  ])("%s means %s", (typed, ref) => expect(models.match(typed)).toBe(ref))

  test("mean a model that is not connected where they can mean no other", () => {
    expect(models.match("grok code")).toBe("xai/grok-code-fast-1")
  })

  test("that may mean several are not guessed at", () => {
    expect(() => models.match("claude")).toThrow("may mean")
  })

  test.each(["", "  ", "🙂", "zzzz", "a/b/c", "__proto__"])("%j means nothing", (typed) => {
    expect(() => models.match(typed)).toThrow()
  })
})

describe("OpenRouter's names", () => {
  const models = modelsFor({ env: { OPENROUTER_API_KEY: "or-1" } })
  test("are one, however they are written", async () => {
    expect(models.check("openrouter/openrouter/auto")).toBe("openrouter/auto")
    expect(models.check("openrouter/meta-llama/llama-4:free")).toBe(
      "openrouter/meta-llama/llama-4:free",
    )
    expect((await models.open("openrouter/auto")).language.modelId).toBe("auto")
  })
})
