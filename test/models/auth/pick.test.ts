import { expect, test } from "bun:test"
import { listen, textOf } from "../../support/chat.ts"
import { fakeModel } from "../../support/fake-model.ts"
import { startGateway } from "../../support/gateway.ts"

test("/model X@profile keeps the session to that profile, and refuses one that is not there", async () => {
  await using model = fakeModel({ turns: ["Hello."] })
  const { apiKey: _, ...acme } = model.provider("openai-completions")
  await using gateway = await startGateway({
    config: {
      agents: { defaults: { skipBootstrap: true, model: "acme/fake-1" } },
      models: { mode: "replace", providers: { acme } },
    },
  })
  for (const name of ["a", "b"])
    await gateway.client.request("models.auth.store", {
      profileId: `acme:${name}`,
      provider: "acme",
      mode: "api_key",
      secret: `sk-key-of-${name}`,
    })
  const chat = listen(gateway.client)
  const say = async (text: string) => {
    const end = await chat.ask(text)
    return end.state === "error" ? String(end.errorMessage) : textOf(end)
  }
  expect(await say("/model acme/fake-1@acme:nobody")).toContain('no auth profile "acme:nobody"')
  expect(await say("/model acme/fake-1@other:a")).toContain('no auth profile "other:a"')
  expect(await say("/model acme/fake-1@acme:b")).toContain("signed in by acme:b")
  await say("hi")
  await say("hi again")
  expect(model.calls.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer sk-key-of-b",
    "Bearer sk-key-of-b",
  ])
  await model.close()
})
