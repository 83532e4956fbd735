/** The fake is Slack only if Slack's own libraries take it for Slack. */
import { expect, test } from "bun:test"
import { SocketModeClient } from "@slack/socket-mode"
import { ErrorCode, LogLevel, WebClient } from "@slack/web-api"
import { fakeSlack } from "../../support/fake-slack.ts"
import { tokens } from "../../support/fake-slack-workspace.ts"

const clientOf = (network: ReturnType<typeof fakeSlack>) =>
  new WebClient(tokens.bot, {
    slackApiUrl: network.settings.apiUrl,
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
  })

test("Slack's Web API client writes, reads, reacts, uploads and streams", async () => {
  await using network = fakeSlack()
  const web = clientOf(network)
  const channel = network.room.id
  expect(await web.auth.test()).toMatchObject({ ok: true, user_id: "UBOT00001" })
  const { ts } = await web.chat.postMessage({ channel, text: "hello *there*" })
  await web.chat.update({ channel, ts: ts!, text: "hello again" })
  await web.reactions.add({ channel, timestamp: ts!, name: "eyes" })
  expect(network.seen).toMatchObject([{ id: ts, text: "hello again", edited: 1 }])
  await web.files.uploadV2({
    channel_id: channel,
    thread_ts: ts!,
    filename: "a.txt",
    file: Buffer.from("abc"),
    initial_comment: "a file",
  })
  expect(network.seen.at(-1)).toMatchObject({
    text: "a file",
    files: [{ name: "a.txt", bytes: 3 }],
  })
  const stream = web.chatStream({
    channel,
    thread_ts: ts!,
    recipient_user_id: network.ada.id,
    recipient_team_id: "T00000001",
  })
  await stream.append({ markdown_text: "it **grows**" })
  await stream.stop({ markdown_text: " and ends" })
  expect(network.seen.at(-1)?.text).toBe("it **grows** and ends")
  const names: string[] = []
  for await (const page of web.paginate("conversations.list", { limit: 1 }))
    names.push(
      ...(page as unknown as { channels: { name: string }[] }).channels.map(({ name }) => name),
    )
  expect(names).toEqual(["general", "strangers", "mpdm-ada--bob-1"])
})

test("Slack's Web API client knows the fake's refusals", async () => {
  await using network = fakeSlack()
  const web = clientOf(network)
  await expect(web.chat.postMessage({ channel: "CNOWHERE1", text: "x" })).rejects.toMatchObject({
    code: ErrorCode.PlatformError,
    data: { error: "channel_not_found" },
  })
  network.next("busy", 1, 3000)
  await expect(web.chat.postMessage({ channel: network.room.id, text: "x" })).rejects.toMatchObject(
    { code: ErrorCode.RateLimitedError, retryAfter: 3 },
  )
})

test("Slack's Socket Mode client connects, hears and acknowledges", async () => {
  await using network = fakeSlack({ redeliverMs: 5_000 })
  const socket = new SocketModeClient({
    appToken: tokens.app,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: network.settings.apiUrl },
  })
  const heard = Promise.withResolvers<string>()
  socket.on("message", ({ event, ack }: { event: { text: string }; ack: () => Promise<void> }) => {
    void ack().then(() => heard.resolve(event.text))
  })
  await socket.start()
  await network.say(network.ada, network.room, "hello sdk")
  expect(await heard.promise).toBe("hello sdk")
  await socket.disconnect()
})
