import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { commandLine } from "../support/command-line.ts"
import { fakeModel } from "../support/fake-model.ts"
import { startGateway, testToken } from "../support/gateway.ts"

const gpt = "openai/gpt-5.5"
const sonnet = "anthropic/claude-sonnet-4-5"
const defaultsOf = ({ configFile }: { configFile: string }) =>
  JSON.parse(readFileSync(configFile, "utf8")).agents?.defaults

/** Runs commands one after the other; each has to succeed. */
const ran = async (line: ReturnType<typeof commandLine>, ...commands: string[]) => {
  for (const words of commands) {
    const { code, err } = await line.fased(words.split(" "), { env: { OPENAI_API_KEY: "sk-1" } })
    expect({ words, code, err: code ? err : "" }).toEqual({ words, code: 0, err: "" })
  }
}

test("models set names the model and leaves the fallbacks", async () => {
  using line = commandLine({})
  await ran(line, "models set gpt")
  expect(defaultsOf(line)).toEqual({ model: gpt })
  await ran(
    line,
    "models fallbacks add sonnet",
    "models fallbacks add gpt-mini",
    "models set openai/gpt-5",
  )
  expect(defaultsOf(line).model).toEqual({
    primary: "openai/gpt-5",
    fallbacks: [sonnet, "openai/gpt-5.4-mini"],
  })
  await ran(
    line,
    "models fallbacks remove sonnet",
    "models set-image gemini",
    "models image-fallbacks add gpt",
  )
  expect(defaultsOf(line)).toEqual({
    model: { primary: "openai/gpt-5", fallbacks: ["openai/gpt-5.4-mini"] },
    imageModel: { primary: "google/gemini-3-pro-preview", fallbacks: [gpt] },
  })
  await ran(line, "models fallbacks clear", "models image-fallbacks remove gpt")
  expect(defaultsOf(line).model.fallbacks).toEqual([])
}, 60_000)

test("a name that means nothing is refused before anything is written", async () => {
  using line = commandLine({})
  for (const words of [
    ["models", "set", "gibberish"],
    ["models", "set", "nobody/none"],
    ["models", "fallbacks", "add", "claude-99"],
    ["models", "fallbacks", "remove", "sonnet"],
    ["models", "aliases", "add", "two/words", gpt],
    ["models", "connect", "nowhere"],
  ]) {
    const { code, out, err } = await line.fased(words)
    expect({ words, out, failed: code > 0 }).toEqual({ words, out: "", failed: true })
    expect(err).toStartWith("error: ")
  }
  expect(defaultsOf(line)).toBeUndefined()
}, 60_000)

test("a model that cannot be called yet is taken, and the way to connect it told", async () => {
  using line = commandLine({})
  const { code, err } = await line.fased(["models", "set", "sonnet"])
  expect(code).toBe(0)
  expect(err).toContain("anthropic cannot be called yet")
  expect(err).toContain("ANTHROPIC_API_KEY")
})

test("a short name can be given, moved and taken back, and the first one tells what it begins", async () => {
  using line = commandLine({})
  const first = await line.fased(["models", "aliases", "add", "fast", "openai/gpt-5-nano"])
  expect(first.err).toContain("the list of models people may choose")
  expect(defaultsOf(line).models).toEqual({ "openai/gpt-5-nano": { alias: "fast" } })
  await line.fased(["models", "aliases", "remove", "FAST"])
  expect(defaultsOf(line)).toEqual({})
  await line.fased(["models", "aliases", "add", "fast", "openai/gpt-5-nano"])
  await line.fased(["config", "set", 'agents.defaults.models["openai/gpt-5"]', "{}"])
  await line.fased(["models", "aliases", "add", "fast", "openai/gpt-5"])
  expect(defaultsOf(line).models).toEqual({
    "openai/gpt-5-nano": {},
    "openai/gpt-5": { alias: "fast" },
  })
  const listed = await line.fased(["models", "aliases", "list", "--json"])
  expect(JSON.parse(listed.out)).toEqual({ aliases: { fast: "openai/gpt-5" } })
}, 60_000)

test("models connect takes a server of one's own with all its models", async () => {
  await using server = fakeModel({ offers: ["llama3.2:latest", "qwen3:8b", "nomic-embed-text"] })
  using line = commandLine({})
  const { code } = await line.fased(["models", "connect", "ollama", "--base-url", server.url])
  expect(code).toBe(0)
  const config = () => JSON.parse(readFileSync(line.configFile, "utf8"))
  expect(config()).toMatchObject({
    agents: { defaults: { model: "ollama/llama3.2:latest" } },
    models: {
      providers: {
        ollama: {
          baseUrl: server.url,
          auth: "none",
          models: [{ id: "llama3.2:latest" }, { id: "qwen3:8b" }],
        },
      },
    },
  })
  const again = await line.fased(["models", "connect", "ollama"])
  expect(again.out).toContain("Ollama is connected already, with 2 models.")
}, 30_000)

const free = (id: string, image: boolean, context_length: number) => ({
  id,
  context_length,
  created: 1_700_000_000,
  architecture: { input_modalities: image ? ["text", "image"] : ["text"] },
  pricing: { prompt: "0", completion: "0" },
})

test("models scan finds what is free, tries it, and takes the best when told to", async () => {
  await using server = fakeModel({
    turns: [
      ({ body }) =>
        body.model.startsWith("talks/") ? "pong" : { tools: [{ name: "ping", input: {} }] },
    ],
    pages: {
      "/v1/models": {
        data: [
          free("talks/only-8b:free", true, 900_000),
          free("blind/big-70b:free", false, 262_144),
          free("sees/small-9b:free", true, 32_768),
          { id: "costs/much", pricing: { prompt: "0.1", completion: "0.1" } },
        ],
      },
    },
  })
  const { baseUrl, apiKey } = server.provider("openai-completions")
  await using gateway = await startGateway({
    config: { models: { providers: { openrouter: { baseUrl, apiKey } } } },
  })
  using line = commandLine({ gateway: { mode: "local", auth: { token: testToken } } })
  line.announce(gateway.running.port)
  const credentials = ["--url", gateway.wsUrl, "--token", testToken]
  const listed = await line.fased(["models", "scan", "--no-probe", "--json", ...credentials])
  const refs = ({ out }: { out: string }) =>
    JSON.parse(out).candidates.map(({ ref }: { ref: string }) => ref.replace("openrouter/", ""))
  expect(refs(listed)).toEqual(["talks/only-8b:free", "sees/small-9b:free", "blind/big-70b:free"])
  expect(server.calls).toHaveLength(0)
  const large = ["models", "scan", "--no-probe", "--min-params", "50", "--json", ...credentials]
  expect(refs(await line.fased(large))).toEqual(["blind/big-70b:free"])
  const tried = await line.fased(["models", "scan", "--set-default", "--yes", ...credentials])
  expect(tried.code).toBe(0)
  expect(tried.out).toContain("no-tools")
  expect(defaultsOf(line).model).toBe("openrouter/sees/small-9b:free")
}, 60_000)

test("models status --probe names what is wrong with a provider, and the exit code says so", async () => {
  await using server = fakeModel({ turns: [{ fail: { status: 401 } }] })
  await using gateway = await startGateway({
    config: { models: { providers: { fake: server.provider("openai-completions") } } },
  })
  using line = commandLine({})
  const at = ["--url", gateway.wsUrl, "--token", testToken]
  const { code, out } = await line.fased(["models", "status", "--probe", ...at])
  expect(code).toBe(1)
  expect(out).toMatch(/fake\/fake-1 +unauthorized/)
  expect(out).toContain("models.providers.fake.apiKey")
  const one = await line.fased(["models", "probe", "fased/guide", "--json", ...at])
  expect(JSON.parse(one.out)).toMatchObject({ results: [{ ref: "fased/guide", ok: true }] })
}, 60_000)
