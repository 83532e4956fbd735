import { expect, test } from "bun:test"
import { findServers, modelsAt, serverChoices } from "../../src/onboard/model-servers.ts"

const serve = (answer: (request: Request) => Response | Promise<Response>) => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer })
  return {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
const listing = (...ids: string[]) =>
  Response.json({ object: "list", data: ids.map((id) => ({ id })) })

test("a model server on this machine is found with what it offers for conversation", async () => {
  await using ollama = serve(({ url }) =>
    new URL(url).pathname === "/v1/models"
      ? listing("nomic-embed-text:latest", "llama3.2:3b", "qwen3:8b")
      : new Response(null, { status: 404 }),
  )
  await using other = serve(() => new Response("<h1>A page</h1>"))
  const found = await findServers([
    { id: "ollama", label: "Ollama", baseUrl: ollama.baseUrl },
    { id: "vllm", label: "vLLM", baseUrl: other.baseUrl },
  ])
  expect(found).toEqual([
    { id: "ollama", label: "Ollama", baseUrl: ollama.baseUrl, models: ["llama3.2:3b", "qwen3:8b"] },
  ])
})

test("whatever else listens there is no model server", async () => {
  const answers: Response[] = [
    new Response("not json"),
    Response.json({ data: "none" }),
    Response.json([]),
    listing(),
    new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/v1/models" } }),
    new Response("busy", { status: 503 }),
    Response.json({ data: [{ id: "x".repeat(5000) }] }),
  ]
  await using server = serve(() => answers.shift()!)
  while (answers.length) expect(await modelsAt(server.baseUrl)).toEqual([])
})

test("one that takes the question and never answers is not waited for", async () => {
  const never = Promise.withResolvers<Response>()
  await using server = serve(() => never.promise)
  expect(await modelsAt(server.baseUrl)).toEqual([])
  never.resolve(new Response())
})

test("where to look can be said, for this machine only", () => {
  expect(serverChoices({}).map(({ id }) => id)).toEqual(["ollama", "lmstudio", "vllm", "llamacpp"])
  const text =
    "ollama=http://127.0.0.1:4000/v1, vllm=http://models.example.com/v1,nobody=http://127.0.0.1:1, llamacpp=http://[::1]:9/v1,lmstudio"
  expect(
    serverChoices({ FASED_MODEL_SERVERS: text }).map(({ id, baseUrl }) => [id, baseUrl]),
  ).toEqual([
    ["ollama", "http://127.0.0.1:4000/v1"],
    ["llamacpp", "http://[::1]:9/v1"],
  ])
})
