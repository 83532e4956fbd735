import { expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect } from "../../src/client/connect.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { listen } from "../support/chat.ts"
import { fakeModel } from "../support/fake-model.ts"
import { testToken } from "../support/gateway.ts"

const modes = ["collect", "followup", "steer"]
const rounds = 6
const perRound = 4

/** A gateway in a process of its own, which can be killed. */
const spawn = async (home: string) => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../support/gateway-main.ts")], {
    env: { HOME: home, PATH: process.env.PATH },
    stdout: "pipe",
    stderr: "inherit",
  })
  const { value, done } = await child.stdout.getReader().read()
  if (done) throw new Error(`the gateway ended (${await child.exited}) before it listened`)
  const url = new TextDecoder().decode(value).trim()
  const client = await connect({ url, token: testToken, version: "0.0.0-test" })
  return {
    client,
    chat: listen(client),
    kill: async () => {
      child.kill("SIGKILL")
      await child.exited
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

/** Resolves when nothing runs or waits any more. */
const quiet = async ({ client, chat }: Awaited<ReturnType<typeof spawn>>) => {
  const active = async () => (await chat.history()).sessionInfo?.activeRunIds ?? []
  for (let runIds = await active(); runIds.length; runIds = await active())
    for (const runId of runIds) await client.request("agent.wait", { runId, timeoutMs: 20_000 })
}

test("killed at any moment, a gateway answers each message it accepted once", async () => {
  const home = await mkdtemp(join(tmpdir(), "fased-crash-"))
  await using model = fakeModel({
    turns: [
      ({ body }) => {
        const last = body.messages.at(-1)
        return last.role === "tool"
          ? { text: "Done with the tool, and that is all there is to say about it." }
          : { text: "One moment.", tools: [{ name: "session_status", input: {} }] }
      },
    ],
  })
  const configure = (mode: string) =>
    writeFileAtomic(
      resolvePaths({ HOME: home }).config,
      JSON.stringify({
        agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
        messages: { queue: { mode, debounceMs: 0 } },
        models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
        gateway: { mode: "local", auth: { mode: "token", token: testToken } },
      }),
    )
  const accepted = new Map<string, string>()
  try {
    for (let round = 0; round < rounds; round++) {
      configure(modes[round % modes.length]!)
      await using gateway = await spawn(home)
      const sent = Promise.allSettled(
        Array.from({ length: perRound }, async (_, at) => {
          const text = `question ${round}.${at}`
          const { runId } = await gateway.chat.send(text, { idempotencyKey: text })
          accepted.set(text, runId)
        }),
      )
      // Between the first write and the last word: at once, then each round a little later.
      if (round) await gateway.chat.until(() => gateway.chat.agent[0])
      await Bun.sleep(round * 5)
      await gateway.kill()
      await sent
    }

    await using last = await spawn(home)
    await quiet(last)
    const { messages } = await last.chat.history({ limit: 1000 })
    const questions = messages.filter(({ role }) => role === "user").map(({ content }) => content)
    expect(new Set(questions).size).toBe(questions.length)
    for (const text of accepted.keys()) expect(questions).toContain(text)
    // A turn may answer several questions, each turn says its last word once.
    const turns = Map.groupBy(messages, ({ __fased }) => __fased!.runId)
    for (const [runId, said] of turns) {
      expect(
        said.some(({ role }) => role === "user"),
        `${runId}`,
      ).toBe(true)
      const ends = said.filter(
        ({ role, stopReason }) => role === "assistant" && stopReason === "stop",
      )
      expect(ends, `${runId}`).toHaveLength(1)
    }
    for (const [text, runId] of accepted)
      expect(await last.chat.send(text, { idempotencyKey: text })).toEqual({ runId, status: "ok" })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}, 60_000)
