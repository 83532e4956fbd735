import { Database } from "bun:sqlite"
import { join } from "node:path"
import { afterAll, expect, test } from "bun:test"
import { connect } from "../../src/client/connect.ts"
import type { Fault } from "../../src/kernel/fault.ts"
import { answeredBy, freshHome, testToken } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import { smallDisk } from "../support/small-disk.ts"

const disk = smallDisk()
afterAll(() => disk[Symbol.dispose]())
const why = disk.mounted ? "" : " (skipped: mounting a small disk needs root)"

test.skipIf(!disk.mounted)(
  `a full disk is said plainly, leaves nothing half-written, and is over when there is room${why}`,
  async () => {
    await using model = fakeModel({ turns: ["Yes."] })
    await using home = freshHome(join(disk.path, "home"))
    home.configure(answeredBy(model))
    const gateway = await home.start()
    await using client = await connect({ url: gateway.wsUrl, token: testToken, version: "0" })
    const sessionKey = "agent:main:main"
    const messages = async () =>
      ((await client.request("chat.history", { sessionKey })) as { messages: object[] }).messages
    const say = async (message: string, idempotencyKey: string) => {
      const params = { sessionKey, message, idempotencyKey }
      const { runId } = (await client.request("chat.send", params)) as { runId: string }
      expect(await client.request("agent.wait", { runId, timeoutMs: 10_000 })).toMatchObject({
        status: "ok",
      })
    }
    await say("Is there room?", "1")

    disk.fill()
    const long = { sessionKey, message: "x".repeat(200_000), idempotencyKey: "2" }
    const refusal = await client.request("chat.send", long).then(
      () => expect.unreachable(),
      (fault: Fault) => fault.toWire(),
    )
    expect(refusal.message).toStartWith("The disk is full")
    expect(refusal.details).toMatchObject({
      code: "store.disk-full",
      hint: expect.stringContaining("Free some space"),
    })
    expect(await messages()).toHaveLength(2)
    expect(await client.request("health", {})).toMatchObject({ ok: true })

    disk.free()
    await say("And now?", "2")
    expect(await messages()).toHaveLength(4)
    expect(await gateway.end("SIGTERM")).toBe(0)
    const db = new Database(join(home.state, "fased.db"), { readonly: true })
    expect(db.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }])
    db.close()
  },
)
