import { describe, expect, test } from "bun:test"
import { chmodSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { backupFolder } from "../../src/config/backups.ts"
import type { StatusResult } from "../../src/gateway/methods.ts"
import type { Outcome } from "../../src/config/reloader.ts"
import type { ConfigState } from "../../src/config/settings.ts"
import type { Paths } from "../../src/config/paths.ts"
import { gateway } from "../../src/gateway/config.ts"
import { preflight, type PreflightOptions } from "../../src/gateway/preflight.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome, testToken, type TestGateway } from "../support/gateway.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"

const newToken = "another-token-0123456789abcdef0123456789"

interface Changed extends Omit<Outcome, "issues"> {
  valid: boolean
  secrets: string
  code?: string
  issues: { path: string; message: string }[]
}

/** A gateway, what it told of its config, and the restarts it asked for. */
const following = async (
  config: { gateway?: object; [id: string]: unknown } = {},
  home?: string,
) => {
  const restarts: string[] = []
  const runner = { check: () => {}, begin: (reason: string) => void restarts.push(reason) }
  const gateway = await startGateway({ config, home, start: { runner } })
  const events: Changed[] = []
  const waiting = new Set<() => void>()
  gateway.client.on("config.changed", (payload) => {
    events.push(payload as Changed)
    for (const look of waiting) look()
  })
  let seen = 0
  const write = (text: string) => writeFileAtomic(gateway.paths.config, text)
  return {
    gateway,
    restarts,
    events,
    write,
    change(next: { gateway?: object; [id: string]: unknown }) {
      const now = JSON.parse(readFileSync(gateway.paths.config, "utf8"))
      write(JSON.stringify({ ...now, ...next, gateway: { ...now.gateway, ...next.gateway } }))
    },
    /** The next change that is told of. */
    told: () =>
      new Promise<Changed>((resolve) => {
        const look = () => {
          if (events.length <= seen) return
          waiting.delete(look)
          resolve(events[seen++]!)
        }
        waiting.add(look)
        look()
      }),
    status: async () => ((await gateway.client.request("status")) as StatusResult).config,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
}

const soon = { debounceMs: 0 }

describe("of a change that needs a restart and one that does not,", () => {
  const both = { gateway: { port: 4001 }, logging: { level: "debug" } }

  test("hybrid takes the one and restarts for the other", async () => {
    await using followed = await following({ gateway: { reload: soon } })
    followed.change(both)
    expect(await followed.told()).toMatchObject({
      valid: true,
      applied: ["logging.level"],
      waits: ["gateway.port"],
      restartInMs: 2_000,
    })
  })

  test("hot takes the one, and leaves the other until somebody restarts", async () => {
    await using followed = await following({ gateway: { reload: { ...soon, mode: "hot" } } })
    followed.change(both)
    const told = await followed.told()
    expect(told).toMatchObject({ applied: ["logging.level"], waits: ["gateway.port"] })
    expect(told).not.toHaveProperty("restartInMs")
    expect((await followed.status()).waits).toEqual(["gateway.port"])
  })

  test("restart restarts even for what could count at once", async () => {
    await using followed = await following({ gateway: { reload: { ...soon, mode: "restart" } } })
    followed.change({ logging: { level: "debug" } })
    expect(await followed.told()).toMatchObject({ waits: [], restartInMs: 2_000 })
  })

  test("off takes nothing until it is told to look", async () => {
    await using followed = await following({ gateway: { reload: { ...soon, mode: "off" } } })
    followed.change(both)
    const { applied, waits } = await followed.gateway.running.reload()
    expect([applied, waits]).toEqual([["logging.level"], ["gateway.port"]])
    expect(await followed.told()).not.toHaveProperty("restartInMs")
    followed.change({ logging: { level: "warn" } })
    await followed.gateway.running.reload()
    // Had it watched, this change would have been told of twice.
    expect(await followed.told()).toMatchObject({ applied: ["logging.level"] })
    expect(followed.events.length).toBe(2)
  })
})

test("a change that is taken back waits for nothing", async () => {
  await using followed = await following({ gateway: { reload: { mode: "hot", ...soon } } })
  followed.change({ gateway: { port: 4001 } })
  expect((await followed.told()).waits).toEqual(["gateway.port"])
  followed.change({ gateway: { port: undefined } })
  await followed.gateway.running.reload()
  expect((await followed.status()).waits).toEqual([])
})

test("a restart that could not succeed is not begun, and everybody hears why", async () => {
  await using followed = await following({ gateway: { reload: soon } })
  followed.change({ gateway: { bind: "lan" } })
  const told = await followed.told()
  expect(told.waits).toEqual(["gateway.bind"])
  expect(told.issues).toEqual([
    expect.objectContaining({ message: expect.stringContaining("allowedOrigins") }),
  ])
  expect(told).not.toHaveProperty("restartInMs")
})

test("a port that somebody else has is no reason to go down", async () => {
  using other = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() })
  const flags = {
    settings: { read: async () => state, section: () => state.values.gateway },
    flags: {},
    sections: [],
    fetchSecrets: async () => new Map(),
    env: {},
    paths: { defaultPort: other.port! } as Paths,
    clock: systemClock,
    here: { port: 1 },
  }
  const parsed = gateway.schema.parse({ mode: "local", auth: { token: testToken } })
  const state = { values: { gateway: parsed }, refs: [] } as unknown as ConfigState & {
    values: { gateway: unknown }
  }
  expect(preflight(flags as unknown as PreflightOptions)).rejects.toMatchObject({
    code: "gateway.port-taken",
  })
})

test("a broken file is told of once, changes nothing, and is told of again when mended", async () => {
  await using followed = await following({ gateway: { reload: soon } })
  const good = readFileSync(followed.gateway.paths.config, "utf8")
  followed.write('{ gateway: { port: "here" } }')
  const told = await followed.told()
  expect(told).toMatchObject({ valid: false, applied: [] })
  expect(told.issues[0]!.path).toBe("gateway.port")
  followed.write('{ gateway: { port: "here" } } // saved again')
  await followed.gateway.running.reload()
  expect(await followed.status()).toMatchObject({
    valid: false,
    issues: [{ path: "gateway.port" }],
  })
  const health = (await followed.gateway.client.request("health", { probe: true })) as object
  expect(health).toMatchObject({ config: { valid: false, secrets: "ok", waits: 0 } })
  followed.write(good)
  expect(await followed.told()).toMatchObject({ valid: true, issues: [] })
  expect(await followed.status()).toMatchObject({ valid: true, issues: [] })
  expect(followed.events.length).toBe(2)
})

describe("with the token in a file elsewhere", () => {
  const kept = async () => {
    const home = await temporaryHome()
    const file = join(home.path, "token")
    const put = (token: string) => writeFileSync(file, token, { mode: 0o600 })
    put(testToken)
    const followed = await following(
      {
        gateway: {
          reload: soon,
          auth: { mode: "token", token: { source: "file", provider: "kept", id: "value" } },
        },
        secrets: { providers: { kept: { source: "file", path: file, mode: "singleValue" } } },
      },
      home.path,
    )
    return {
      ...followed,
      file,
      put,
      async [Symbol.asyncDispose]() {
        await followed[Symbol.asyncDispose]()
        await home[Symbol.asyncDispose]()
      },
    }
  }
  const opens = async ({ gateway }: { gateway: TestGateway }, token: string) => {
    await using socket = await attempt(gateway.wsUrl, connectWith({ auth: { token } }))
    return socket.answer?.ok
  }

  test("N014 a new one counts as soon as any change of the config fetches it", async () => {
    await using followed = await kept()
    followed.put(newToken)
    followed.change({ logging: { level: "debug" } })
    const { applied } = await followed.gateway.running.reload()
    const told = applied.length ? applied : (await followed.told()).applied
    expect(told).toContain("gateway.auth.token")
    expect([await opens(followed, testToken), await opens(followed, newToken)]).toEqual([
      false,
      true,
    ])
  })

  test("N018 one that cannot be had keeps the old one and every other setting, and is told of once", async () => {
    await using followed = await kept()
    chmodSync(followed.file, 0o644)
    followed.change({ logging: { level: "debug" } })
    expect(await followed.told()).toMatchObject({
      valid: true,
      applied: [],
      secrets: "degraded",
      code: "SECRETS_RELOADER_DEGRADED",
    })
    expect([await opens(followed, testToken), await opens(followed, "")]).toEqual([true, false])
    expect(await followed.status()).toMatchObject({ secrets: "degraded" })

    followed.change({ logging: { level: "warn" } }) // fails as well, which only the log is told
    await followed.gateway.running.reload()
    chmodSync(followed.file, 0o600)
    followed.change({ logging: { level: "error" } })
    expect(await followed.told()).toMatchObject({
      applied: ["logging.level"],
      secrets: "ok",
      code: "SECRETS_RELOADER_RECOVERED",
    })
  })
})

describe("a gateway whose config broke while it was down", () => {
  const broken = async () => {
    const home = await temporaryHome()
    const first = await following({ agents: { list: [{ id: "ada" }] } }, home.path)
    const good = readFileSync(first.gateway.paths.config, "utf8")
    const { paths } = first.gateway
    await first[Symbol.asyncDispose]()
    const file = join(backupFolder(paths), "fased.last-good.json")
    utimesSync(file, new Date("2026-02-03T04:05:06Z"), new Date("2026-02-03T04:05:06Z"))
    writeFileSync(paths.config, "{ gateway: ")
    return { home, paths, good }
  }

  test("says what is wrong, and that the last good config would do, and of when it is", async () => {
    const { home } = await broken()
    await using _ = home
    const error = await startGateway({ home: home.path }).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: "config.start-refused" })
    const { message, hint } = error as { message: string; hint: string }
    expect(message).toContain("line 1")
    expect(hint).toMatch(/2026-02-03 .*fased gateway run --last-good/)
  })

  test("runs on that when told to, says so, and takes the file once it is mended", async () => {
    const { home, paths, good } = await broken()
    await using _ = home
    await using gateway = await startGateway({ home: home.path, start: { lastGood: true } })
    const config = async () => ((await gateway.client.request("status")) as StatusResult).config
    expect(await config()).toMatchObject({
      valid: false,
      lastGoodAt: Date.parse("2026-02-03T04:05:06Z"),
    })
    expect(await gateway.client.request("agents.list")).toMatchObject({ defaultId: "ada" })

    const changed = Promise.withResolvers<void>()
    gateway.client.on("config.changed", () => changed.resolve())
    writeFileAtomic(paths.config, good.replace('"ada"', '"bob"'))
    await changed.promise
    expect(await gateway.client.request("agents.list")).toMatchObject({ defaultId: "bob" })
    await gateway.running.reload()
  })
})
