import { expect, test } from "bun:test"
import { existsSync, statSync } from "node:fs"
import { answeredBy, freshHome } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"

const mode = (path: string) => statSync(path).mode & 0o777

test("two commands in an empty home: a gateway that runs, and an answer", async () => {
  await using home = freshHome()
  await using gateway = await home.start()

  expect(mode(home.configFile)).toBe(0o600)
  expect(mode(home.state)).toBe(0o700)
  expect(existsSync(`${home.state}/workspace/AGENTS.md`)).toBe(true)
  expect(gateway.token).toMatch(/^[0-9a-f]{64}$/)
  expect(gateway.out()).toMatch(/Dashboard +http:\/\/127\.0\.0\.1:\d+\/#token=/)
  expect(gateway.out()).toMatch(/Say hello +\S+ agent --message "hello"/)
  expect(gateway.out()).toMatch(new RegExp(`Logs +${home.state}/logs/fased-[\\d-]+\\.log`))
  expect(gateway.err()).toMatch(/^\S+ \[gateway\] listening .*\n$/)

  const answer = await home.fased(["agent", "--message", "what can you do?"])
  expect(answer).toMatchObject({ code: 0, err: "" })
  expect(answer.out).toContain("not a language model")
  expect(answer.out.length).toBeGreaterThan(200)
})

test("the answer is written as it comes, not when it is complete", async () => {
  await using model = fakeModel({ turns: [{ text: "One two three four.", holdAfter: 3 }] })
  await using home = freshHome()
  home.configure(answeredBy(model))
  await using _gateway = await home.start()
  const talk = home.spawn(["agent", "--message", "count"])
  await talk.printed("One two three")
  expect(talk.out()).not.toContain("four")
  model.release()
  expect(await talk.exited).toBe(0)
  expect(talk.out()).toBe("One two three four.\n")
})

test("a second start says that it runs already, and how to go on", async () => {
  await using home = freshHome()
  await using gateway = await home.start()
  const again = await home.fased(["start"])
  expect(again).toMatchObject({ code: 0, err: "" })
  expect(again.out).toContain(`runs already, at ${gateway.url} (pid ${gateway.pid})`)
  expect(again.out).toContain(gateway.dashboardUrl)
})

test("stopped and started again, it is the same gateway with the same history", async () => {
  await using home = freshHome()
  const first = await home.start()
  await home.fased(["agent", "--message", "remember the word heron"])
  expect(await first.end("SIGTERM")).toBe(0)
  expect(existsSync(`${home.state}/gateway.json`)).toBe(false)

  await using second = await home.start()
  expect(second.token).toBe(first.token)
  expect(second.out()).not.toContain("Made ")
  const params = '{"sessionKey":"main"}'
  const history = await home.fased(["gateway", "call", "chat.history", "--params", params])
  const { messages } = JSON.parse(history.out) as { messages: object[] }
  expect(messages[0]).toMatchObject({ role: "user", content: expect.stringContaining("heron") })
  expect(messages.at(-1)).toMatchObject({ role: "assistant" })
})

test("Ctrl-C stops it in good order too", async () => {
  await using home = freshHome()
  const gateway = await home.start()
  expect(await gateway.end("SIGINT")).toBe(0)
})
