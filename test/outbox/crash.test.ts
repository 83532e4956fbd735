import { expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect } from "../../src/client/connect.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { fakeModel } from "../support/fake-model.ts"
import { fakeTelegram } from "../support/fake-telegram.ts"
import { testToken } from "../support/gateway.ts"

const rounds = 8
const perRound = 3

interface Delivery {
  state: string
  text?: string
}

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
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

test.each(["off", "partial"])(
  "killed at any moment, a gateway answers each message of a network once, or says what it does not know (streaming %s)",
  async (streaming) => {
    const home = await mkdtemp(join(tmpdir(), "fased-outbox-crash-"))
    await using telegram = await fakeTelegram()
    await using model = fakeModel({
      turns: [
        ({ body }) => {
          const said = JSON.stringify(
            body.messages.findLast(({ role }: { role: string }) => role === "user"),
          )
          return {
            text: `Here is what is to be said to ${said.match(/question \d+\.\d+/g)?.at(-1)}.`,
          }
        },
      ],
    })
    const asked: string[] = []
    const answersTo = (question: string) =>
      telegram.seen.filter(({ text }) => text.includes(`${question}.`))
    try {
      writeFileAtomic(
        resolvePaths({ HOME: home }).config,
        JSON.stringify({
          agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
          messages: { queue: { mode: "followup", debounceMs: 0 }, inbound: { debounceMs: 0 } },
          models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
          gateway: { mode: "local", auth: { mode: "token", token: testToken } },
          channels: {
            telegram: { ...telegram.settings, dmPolicy: "open", allowFrom: ["*"], streaming },
          },
        }),
      )
      const room = telegram.direct(telegram.ada)
      for (let round = 0; round < rounds; round++) {
        await using _ = await spawn(home)
        await telegram.untilConnected()
        for (let at = 0; at < perRound; at++) {
          const question = `question ${round}.${at}`
          asked.push(question)
          await telegram.say(telegram.ada, room, question)
        }
        // Anywhere between the first message taken and the last word said.
        await Bun.sleep(Math.random() * 350)
      }

      await using last = await spawn(home)
      await using client = await connect({ url: last.url, token: testToken, version: "0.0.0-test" })
      const unsent = async () => {
        const { deliveries } = (await client.request("outbox.list", {})) as {
          deliveries: Delivery[]
        }
        return deliveries
      }
      const isOpen = async () => {
        const open = await unsent()
        if (open.some(({ state }) => state === "pending" || state === "sending")) return true
        return asked.some(
          (question) =>
            !answersTo(question).length && !open.some(({ text }) => text?.includes(`${question}.`)),
        )
      }
      const until = Date.now() + 30_000
      while ((await isOpen()) && Date.now() < until) await Bun.sleep(20)

      const unknown = (await unsent()).map(({ state, text }) => `${state} ${text}`)
      for (const question of asked) {
        const isUnknown = unknown.some(
          (one) => one.startsWith("unknown") && one.includes(`${question}.`),
        )
        const count = answersTo(question).length
        expect(count, `${question}, ${unknown.join("; ")}`).toBeLessThanOrEqual(1)
        if (!isUnknown) expect(count, question).toBe(1)
      }
      expect(unknown.filter((one) => !one.startsWith("unknown"))).toEqual([])
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  },
  120_000,
)
