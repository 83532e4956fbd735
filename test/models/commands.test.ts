import { describe, expect, test } from "bun:test"
import { agents as section } from "../../src/agents/config.ts"
import { Fault } from "../../src/kernel/fault.ts"
import { list, model } from "../../src/models/commands.ts"
import type { Directory } from "../../src/sessions/directory.ts"
import { patched, type SessionOverrides } from "../../src/sessions/overrides.ts"
import { authWith, bookOn, freshStore, keyProfile } from "./auth/sign-ins.ts"
import { modelsFor } from "./models-for.ts"

const env = { OPENAI_API_KEY: "o-1", ANTHROPIC_API_KEY: "a-1" }
const agents = {
  defaults: {
    model: "openai/gpt-5.5",
    models: {
      "openai/gpt-5.5": {},
      "anthropic/claude-opus-4-6": { alias: "big" },
      "google/gemini-2.5-pro": {},
    },
  },
}

const book = await bookOn(freshStore())
await book.save(keyProfile("anthropic:me@example.com"))

const chat = (overrides: SessionOverrides = {}, settings: unknown = agents) => {
  const session = { key: "agent:main:main", overrides }
  const directory = {
    key: (key: string) => ({ key }),
    open: async () => session,
    patch: async (_key: string, patch: { overrides: object }) => {
      session.overrides = patched(session.overrides, patch.overrides)
      return session
    },
  } as unknown as Directory
  const context = {
    models: modelsFor({ env, agents: settings, auth: () => authWith(book) }),
    directory,
    agents: section.schema.parse(settings),
    sessionKey: session.key,
    sessionId: "s",
    agentId: "main",
    channel: "webchat",
    owner: true,
    sender: { kind: "operator" as const, clientId: "test", admin: true },
    standing: {
      agentId: "main",
      sessionKey: session.key,
      owner: true,
      surface: "chat" as const,
    },
    signal: new AbortController().signal,
  }
  const said = async (command: typeof model | typeof list, args: string) => {
    try {
      const answer = await command.run(args, context)
      return "say" in answer ? answer.say : ""
    } catch (error) {
      if (error instanceof Fault) return error.message
      throw error
    }
  }
  return {
    session,
    model: (args: string) => said(model, args),
    list: (args: string) => said(list, args),
  }
}

describe("/model", () => {
  test("shows the list in the config, numbered, with what is in use and what cannot be called", async () => {
    expect(await chat().model("")).toStartWith(
      [
        "1. `openai/gpt-5.5` (gpt, in use)",
        "2. `anthropic/claude-opus-4-6` (big)",
        "3. `google/gemini-2.5-pro` (not connected)",
      ].join("\n"),
    )
  })

  test.each([
    ["2", "anthropic/claude-opus-4-6"],
    ["#2", "anthropic/claude-opus-4-6"],
    ["BIG", "anthropic/claude-opus-4-6"],
    ["opus", "anthropic/claude-opus-4-6"],
    ["Anthropic/claude-opus-4-6", "anthropic/claude-opus-4-6"],
  ])("%s chooses for this session", async (typed, ref) => {
    const at = chat()
    expect(await at.model(typed)).toBe(`From the next message on ${ref} answers here.`)
    expect(at.session.overrides).toEqual({ model: ref })
  })

  test("takes a sign-in to go by, and lets go of the one before", async () => {
    const at = chat()
    await at.model("big@anthropic:me@example.com")
    expect(at.session.overrides).toEqual({
      model: "anthropic/claude-opus-4-6",
      authProfile: { id: "anthropic:me@example.com", source: "user" },
    })
    await at.model("1")
    expect(at.session.overrides).toEqual({ model: "openai/gpt-5.5" })
    await at.model("default")
    expect(at.session.overrides).toEqual({})
  })

  test.each([
    ["openai/gpt-4o", 'Model "openai/gpt-4o" is not allowed. Use /model to list available models.'],
    ["9", "There is no model number 9; the list goes up to 3."],
    ["0", "There is no model number 0; the list goes up to 3."],
    ["gibberish", 'No model is called "gibberish".'],
    ["3", 'The provider "google" is not connected: it has no key.'],
  ])("%s is refused and changes nothing", async (typed, words) => {
    const at = chat()
    expect(await at.model(typed)).toBe(words)
    expect(at.session.overrides).toEqual({})
  })

  test("takes back a thinking level that the new model lacks", async () => {
    const at = chat({ thinking: "xhigh" })
    await at.model("big")
    expect(at.session.overrides).toEqual({ model: "anthropic/claude-opus-4-6" })
  })

  test("status tells what answers, by which sign-in, and how hard it thinks", async () => {
    const said = await chat({ model: "anthropic/claude-opus-4-6" }).model("status")
    expect(said).toContain("`anthropic/claude-opus-4-6` (chosen for this session)")
    expect(said).toContain("anthropic:me@example.com")
    expect(said).toContain("Thinking: low (off, minimal, low, medium, high)")
    expect(said).not.toContain("a-1")
  })
})

describe("/models", () => {
  test("counts by provider, and lists those of one", async () => {
    const at = chat({}, { defaults: {} })
    expect(await at.list("")).toMatch(/- openai: \d+ models\n- anthropic: \d+ models\n/)
    expect(await at.list("Claude")).toStartWith("anthropic:\n- `anthropic/claude-sonnet-4-5`\n")
    expect(await at.list("nobody")).toContain('"nobody"')
  })
})
