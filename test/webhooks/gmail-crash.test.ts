import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { join } from "node:path"
import { connect } from "../../src/client/connect.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { fakeGoogle } from "../support/fake-google.ts"
import { fakeModel } from "../support/fake-model.ts"
import { temporaryHome, testToken } from "../support/gateway.ts"
import { signInAtGoogle } from "../support/google-sign-in.ts"

const rounds = 6
const perRound = 5

/** A gateway in a process of its own, which can be killed. */
const spawn = async (home: string) => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../support/gateway-main.ts")], {
    env: { HOME: home, PATH: process.env.PATH, FASED_SKIP_GMAIL_WATCHER: "1" },
    stdout: "pipe",
    stderr: "inherit",
  })
  const { value, done } = await child.stdout.getReader().read()
  if (done) throw new Error(`the gateway ended (${await child.exited}) before it listened`)
  const url = new TextDecoder().decode(value).trim()
  return {
    client: await connect({ url, token: testToken, version: "0.0.0-test" }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

test("killed while it reads the mailbox, a gateway starts one run for each mail all the same", async () => {
  await using home = await temporaryHome()
  await using google = fakeGoogle()
  await using model = fakeModel({ turns: ["Noted."] })
  const paths = resolvePaths({ HOME: home.path })
  writeFileAtomic(
    paths.config,
    JSON.stringify({
      agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
      models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
      hooks: {
        enabled: true,
        token: "hook-token-0123456789abcdef0123456789",
        gmail: { account: google.account },
      },
      services: { google: google.settings, gmail: { signIn: "google" } },
      gateway: { mode: "local", auth: { mode: "token", token: testToken } },
    }),
  )
  {
    await using gateway = await spawn(home.path)
    await signInAtGoogle(gateway.client, google)
    await gateway.client.request("webhooks.gmail.sync", {})
  }
  const ids: string[] = []
  for (let round = 0; round < rounds; round++) {
    await using gateway = await spawn(home.path)
    for (let at = 0; at < perRound; at++) ids.push(google.deliver().id)
    // Killed at another mail each time: before it is read, or while it is handed over.
    const reached = Promise.withResolvers<void>()
    let left = (round % perRound) + 1
    google.answer(({ path }) => {
      if (/\/messages\/m\d+$/.test(path) && --left === 0) setTimeout(reached.resolve, round * 2)
    })
    void gateway.client.request("webhooks.gmail.sync", {}).catch(() => undefined)
    await reached.promise
    google.answer()
  }
  await using gateway = await spawn(home.path)
  await gateway.client.request("webhooks.gmail.sync", {})
  expect(await gateway.client.request("webhooks.gmail.sync", {})).toMatchObject({ count: 0 })
  using db = new Database(paths.database, { readonly: true })
  const started = db
    .query<{ id: string }, []>("SELECT message_id AS id FROM inbox WHERE channel = 'hook'")
    .all()
    .map(({ id }) => id.split(":").at(-1)!)
  expect(started.toSorted()).toEqual(ids.toSorted())
}, 60_000)
