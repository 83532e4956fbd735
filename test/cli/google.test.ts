import { expect, test } from "bun:test"
import { commandLine } from "../support/command-line.ts"
import { fakeGoogle } from "../support/fake-google.ts"
import { startGateway, testToken } from "../support/gateway.ts"

/** Everything a child says until it ends; `found` resolves with the first that fits. */
const hear = (stream: ReadableStream<Uint8Array>, wanted: RegExp) => {
  const found = Promise.withResolvers<string>()
  const all = (async () => {
    let text = ""
    for await (const chunk of stream.pipeThrough(new TextDecoderStream() as never)) {
      text += chunk as unknown as string
      const [match] = wanted.exec(text) ?? []
      if (match) found.resolve(match)
    }
    found.reject(new Error(`it never came: ${text}`))
    return text
  })()
  return { found: found.promise, all }
}

test("a server without a browser is signed in at Google by pasting, and has its mailbox watched", async () => {
  await using google = fakeGoogle()
  const { clientId, clientSecret, baseUrl } = google.settings
  using cli = commandLine({
    agents: { defaults: { skipBootstrap: true } },
    models: { mode: "replace" },
    services: { google: { baseUrl } },
    gateway: { mode: "local", auth: { mode: "token", token: testToken } },
  })
  await using gateway = await startGateway({ home: cli.home })
  const client = await cli.fased(["services", "add", "google", "--set", `clientId=${clientId}`], {
    stdin: clientSecret,
  })
  expect(client).toMatchObject({ code: 0, err: "" })
  expect(client.out).toContain("services add google")
  expect(client.out).not.toContain(clientSecret)

  const add = cli.spawn(["services", "add", "gmail", "--google", "--agent", "main", "--paste"])
  const { found: page } = hear(add.stderr, /http:\S+\/o\/oauth2\S+(?=\n)/)
  add.stdin.write(`${await google.allow(await page)}\n`)
  await add.stdin.end()
  expect(await new Response(add.stdout).text()).toContain(`google-workspace:${google.account}`)
  expect(await add.exited).toBe(0)
  const again = await cli.fased(["services", "add", "gmail", "--google"])
  expect(again.out).toContain("already allows this")
  const given = await cli.fased(["services", "grant", "google", "main"])
  expect(given.err).toContain("gmail, calendar")

  const setup = await cli.fased(["webhooks", "gmail", "setup", "--account", google.account])
  expect(setup).toMatchObject({ code: 0 })
  expect(setup.out).toContain(`Watches the mailbox ${google.account}.`)
  google.deliver()
  const read = await cli.fased(["webhooks", "gmail", "run", "--once"])
  expect(read.out).toBe(`${google.account}: 1 new message\n`)
  const { config } = (await gateway.client.request("config.get", {})) as {
    config: { hooks: object }
  }
  expect(config.hooks).toMatchObject({ enabled: true, presets: ["gmail"] })
}, 60_000)
