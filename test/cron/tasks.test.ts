import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { listen, textOf } from "../support/chat.ts"
import { temporaryHome } from "../support/gateway.ts"
import { fault, hour, minute, startTasks } from "./support.ts"

const wordsOf = (call: { body: { messages: { content: unknown }[] } }) =>
  JSON.stringify(call.body.messages.at(-1)!.content)

test("a task runs when it is due, in a session of its own, and says so", async () => {
  await using place = await startTasks(["One, two, three."])
  const job = await place.add()
  expect(job.state.nextRunAtMs).toBe(place.clock.now() + hour)
  place.clock.turn(hour)
  await place.ended()
  expect(await place.runs({ id: job.id })).toMatchObject([
    {
      status: "ok",
      summary: "One, two, three.",
      trigger: "schedule",
      deliveryStatus: "not-requested",
    },
  ])
  const [entry] = await place.runs({ id: job.id })
  expect(entry!.sessionKey).toStartWith(`agent:main:cron:${job.id}:run:`)
  expect(wordsOf(place.model.calls[0]!)).toContain(`[cron:${job.id} count] Count to three.`)
  expect((await place.get(job.id)).state).toMatchObject({
    nextRunAtMs: place.clock.now() + hour,
    lastRunStatus: "ok",
    totalRuns: 1,
  })
  expect(place.heard.map(({ action }) => action)).toEqual(["added", "started", "finished"])
})

test("a result is announced in the main session where there is no chat network", async () => {
  await using place = await startTasks(["It is sunny."])
  const chat = listen(place.gateway.client)
  await place.add({ delivery: undefined, name: "weather" })
  place.clock.turn(hour)
  await place.ended()
  const said = await chat.until(() =>
    chat.events.find(
      ({ sessionKey, state }) => sessionKey === "agent:main:main" && state === "final",
    ),
  )
  expect(textOf(said)).toBe("It is sunny.")
  const { messages } = await chat.history()
  expect(messages).toMatchObject([{ role: "assistant", label: "weather" }])
  expect(await place.runs()).toMatchObject([{ deliveryStatus: "delivered" }])
})

test.each(["NO_REPLY", "HEARTBEAT_OK"])("%s is not announced", async (word) => {
  await using place = await startTasks([word])
  await place.add({ delivery: undefined })
  place.clock.turn(hour)
  await place.ended()
  expect((await listen(place.gateway.client).history()).messages).toEqual([])
  expect(await place.runs()).toMatchObject([{ status: "ok", deliveryStatus: "not-requested" }])
})

describe("one-shots", () => {
  const soon = { schedule: { kind: "at", at: "2026-06-01T09:00:00Z" } }

  test("go once they went well", async () => {
    await using place = await startTasks()
    const job = await place.add(soon)
    place.clock.turn(hour)
    await place.ended()
    expect(await place.list()).toEqual([])
    expect(await place.runs({ id: job.id })).toMatchObject([{ status: "ok" }])
  })

  test("stay, switched off, when they are to be kept", async () => {
    await using place = await startTasks()
    const job = await place.add({ ...soon, deleteAfterRun: false })
    place.clock.turn(hour)
    await place.ended()
    expect(await place.get(job.id)).toMatchObject({ enabled: false })
  })

  test("are tried again where the failure may pass, and then are given up", async () => {
    await using place = await startTasks([{ fail: { status: 503 } }], {
      config: { cron: { retry: { maxAttempts: 2 } } },
    })
    const job = await place.add(soon)
    place.clock.turn(hour)
    await place.ended()
    const pauses = []
    for (let tries = 2; tries <= 3; tries++) {
      const { state } = await place.get(job.id)
      pauses.push(state.nextRunAtMs! - place.clock.now())
      place.clock.turn(pauses.at(-1)!)
      await place.ended(tries)
    }
    expect(pauses).toEqual([30_000, 60_000])
    const { enabled, state } = await place.get(job.id)
    expect(enabled).toBe(false)
    expect(state.disabledReason).toBeString()
  })

  test("are given up at once where it will not", async () => {
    await using place = await startTasks([{ fail: { status: 401 } }])
    const job = await place.add(soon)
    place.clock.turn(hour)
    await place.ended()
    expect(await place.get(job.id)).toMatchObject({ enabled: false })
  })

  test("that would never run are refused", async () => {
    await using place = await startTasks()
    const past = place.add({ schedule: { kind: "at", at: "2026-05-01" } })
    await expect(past).rejects.toMatchObject(fault("cron.never-due"))
  })
})

test("a failing task waits longer each time, and goes on", async () => {
  await using place = await startTasks([
    ...Array.from({ length: 6 }, () => ({ fail: { status: 401 } })),
    "Done.",
  ])
  const job = await place.add({ schedule: { kind: "every", everyMs: 1000 } })
  const pauses = []
  place.clock.turn(1000)
  for (let run = 1; run <= 7; run++) {
    await place.ended(run)
    const { state } = await place.get(job.id)
    pauses.push(state.nextRunAtMs! - place.clock.now())
    if (run < 7) place.clock.turn(Math.min(pauses.at(-1)!, minute))
    for (let left = pauses.at(-1)! - minute; left > 0; left -= minute)
      place.clock.turn(Math.min(left, minute))
  }
  expect(pauses).toEqual([30_000, minute, 5 * minute, 15 * minute, hour, hour, 1000])
  expect((await place.get(job.id)).state.consecutiveErrors).toBe(0)
})

test("a model nobody knows is refused when it is named, and keeps no other change from being made", async () => {
  await using place = await startTasks()
  const payload = { kind: "agentTurn", message: "Count.", model: "no/such" }
  await expect(place.add({ payload })).rejects.toThrow('No model is called "no/such".')
  const { id } = await place.add({ payload: { ...payload, model: "fake/fake-1" } })
  const patch = { payload: { model: "no/such" } }
  await expect(place.call("cron.update", { id, patch })).rejects.toThrow("No model")
  await place.gateway.client.request("cron.update", { id, patch: { enabled: false } })
})

test("one that is still at work is not started a second time", async () => {
  await using place = await startTasks([{ text: "Slow.", holdRequest: true }])
  const job = await place.add({ schedule: { kind: "every", everyMs: minute } })
  place.clock.turn(minute)
  await place.model.called()
  place.clock.turn(minute)
  await place.ended()
  expect(await place.runs({ status: "skipped" })).toMatchObject([
    { error: "The run before it had not ended.", jobId: job.id },
  ])
  expect(await place.call("cron.run", { id: job.id })).toMatchObject({
    ran: false,
    reason: "already-running",
  })
  place.model.release()
  await place.ended(2)
  expect(place.model.calls).toHaveLength(1)
})

describe("by hand", () => {
  test("a task runs now; asked only for what is due, it says that it is not", async () => {
    await using place = await startTasks()
    const { id } = await place.add()
    expect(await place.call("cron.run", { id, mode: "due" })).toMatchObject({
      ok: true,
      ran: false,
      reason: "not-due",
    })
    const { runId } = await place.call<{ runId: string }>("cron.run", { id: "count" })
    await place.ended()
    expect(await place.call("cron.runDetail", { runId })).toMatchObject({
      run: { status: "ok", trigger: "manual" },
      job: { name: "count" },
    })
    await place.call("cron.queue.retry", { runId })
    await place.ended(2)
    expect(await place.runs()).toHaveLength(2)
  })

  test("a run at work is cancelled, and the log says why", async () => {
    await using place = await startTasks([{ text: "Slow.", holdRequest: true }])
    const { id } = await place.add()
    const { runId } = await place.call<{ runId: string }>("cron.run", { id })
    await place.model.called()
    const over = await place.call("cron.queue.cancel", { runId, reason: "wrong day" })
    expect(over).toMatchObject({
      run: { state: "cancelled", status: "skipped", error: "wrong day" },
    })
    await expect(place.call("cron.queue.cancel", { runId })).rejects.toMatchObject(
      fault("cron.not-queued"),
    )
  })

  test("no more runs go side by side than are allowed; the rest wait", async () => {
    await using place = await startTasks([{ text: "Slow.", holdRequest: true }])
    for (const name of ["a", "b", "c"]) {
      await place.add({ name })
      await place.call("cron.run", { id: name })
    }
    await place.model.called()
    const states = (await place.runs()).map(({ state }) => state)
    expect(states.toSorted()).toEqual(["queued", "queued", "running"])
    place.model.release()
    await place.ended(3)
    expect(place.model.calls).toHaveLength(3)
  })

  test("what is switched off does not run, and is due again when it is switched on", async () => {
    await using place = await startTasks()
    const { id } = await place.add()
    await place.call("cron.update", { id, patch: { enabled: false } })
    place.clock.turn(2 * hour)
    await place.call("cron.update", { id, patch: { enabled: true } })
    expect((await place.get(id)).state.nextRunAtMs).toBe(place.clock.now() + hour)
    expect(await place.runs()).toEqual([])
  })

  test("a change keeps what is not mentioned, and null takes back", async () => {
    await using place = await startTasks()
    const { id } = await place.add({
      description: "d",
      delivery: { mode: "announce", bestEffort: true },
    })
    const patch = {
      payload: { message: "Count to four." },
      description: null,
      delivery: { channel: "last" },
    }
    await place.call("cron.update", { id, patch })
    expect(await place.get(id)).toMatchObject({
      payload: { kind: "agentTurn", message: "Count to four." },
      delivery: { mode: "announce", bestEffort: true, channel: "last" },
    })
    expect(await place.get(id)).not.toHaveProperty("description")
  })

  test("removing one stops what it is at", async () => {
    await using place = await startTasks([{ text: "Slow.", holdRequest: true }])
    const { id } = await place.add()
    await place.call("cron.run", { id })
    await place.model.called()
    expect(await place.call("cron.remove", { jobId: id })).toMatchObject({
      ok: true,
      removed: true,
    })
    expect(await place.runs({ id })).toMatchObject([{ state: "cancelled" }])
    expect(await place.list()).toEqual([])
  })

  test.each([
    [{ sessionTarget: "main" }, "cron.bad-pair"],
    [{ payload: { kind: "systemEvent", text: "x" } }, "cron.bad-pair"],
    [{ delivery: { mode: "webhook" } }, "cron.webhook-needs-address"],
    [{ delivery: { mode: "webhook", to: "file:///etc/passwd" } }, "cron.webhook-needs-address"],
    [{ schedule: { kind: "cron", expr: "never" } }, "cron.bad-expression"],
  ])("%p is refused", async (more, code) => {
    await using place = await startTasks()
    await expect(place.add(more)).rejects.toMatchObject(fault(code))
    expect(await place.list()).toEqual([])
  })
})

test("a change that leaves no whole task is refused with what it lacks", async () => {
  await using place = await startTasks()
  const { id } = await place.add()
  const patch = { payload: { kind: "systemEvent" }, sessionTarget: "main" }
  const changed = place.call("cron.update", { id, patch })
  await expect(changed).rejects.toMatchObject(fault("cron.bad-task"))
  await expect(changed).rejects.toThrow("payload.text")
  const foreign = place.call("cron.update", { id, patch: { payload: { text: "x" } } })
  await expect(foreign).rejects.toThrow("payload.text: the kind agentTurn has none")
})

describe("in the main session", () => {
  const reminder = {
    sessionTarget: "main",
    payload: { kind: "systemEvent", text: "Call Ada." },
    delivery: undefined,
  }

  test("a reminder starts a turn there", async () => {
    await using place = await startTasks(["Do call Ada."])
    const chat = listen(place.gateway.client)
    await place.add(reminder)
    place.clock.turn(hour)
    await place.ended()
    const { messages } = await chat.history()
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"])
    expect(JSON.stringify(messages[0]!.content)).toContain("Call Ada.")
  })

  test("one that waits is told with the next turn", async () => {
    await using place = await startTasks(["Noted."])
    const chat = listen(place.gateway.client)
    await place.add({ ...reminder, wakeMode: "next-heartbeat" })
    place.clock.turn(hour)
    await place.call("cron.status")
    const waiting = async (): Promise<void> => {
      const [run] = await place.runs()
      if (run?.state !== "waiting") return waiting()
    }
    await waiting()
    expect(place.model.calls).toHaveLength(0)
    await chat.ask("Anything new?")
    await place.ended()
    expect(JSON.stringify(place.model.calls[0]!.body.messages)).toContain("Call Ada.")
    expect(await place.runs()).toMatchObject([{ status: "ok", state: "done" }])
  })
})

test("one that waits for the main session waits on across a restart", async () => {
  await using home = await temporaryHome()
  const waits = async (place: Awaited<ReturnType<typeof startTasks>>): Promise<void> => {
    const [run] = await place.runs()
    if (run?.state !== "waiting") return waits(place)
  }
  {
    await using place = await startTasks([], { home: home.path, config: {} })
    const payload = { kind: "systemEvent", text: "Call Ada." }
    await place.add({
      sessionTarget: "main",
      payload,
      wakeMode: "next-heartbeat",
      delivery: undefined,
    })
    place.clock.turn(hour)
    await waits(place)
  }
  await using place = await startTasks(["Noted."], {
    home: home.path,
    config: {},
    at: "2026-06-01T09:10:00Z",
  })
  await listen(place.gateway.client).ask("Anything new?")
  await place.ended()
  expect(JSON.stringify(place.model.calls[0]!.body.messages)).toContain("Call Ada.")
})

test("in another zone than the last time, calendars of this machine are worked out anew", async () => {
  await using home = await temporaryHome()
  {
    await using place = await startTasks([], { home: home.path, config: {} })
    await place.add({ name: "here", schedule: { kind: "cron", expr: "0 9 * * *" } })
    await place.add({
      name: "there",
      schedule: { kind: "cron", expr: "0 9 * * *", tz: "Asia/Tokyo" },
    })
    const db = new Database(place.gateway.paths.database)
    db.run("UPDATE cron_notes SET value = 'Pacific/Kiritimati' WHERE name = 'zone'")
    const far = Date.parse("2027-01-01T00:00:00Z")
    db.run(
      `UPDATE cron_jobs SET next_run_at = ${far}, job = json_set(job, '$.state.nextRunAtMs', ${far})`,
    )
    db.close()
  }
  await using place = await startTasks([], { home: home.path, config: {} })
  const jobs = await place.list({ sortBy: "name" })
  expect(jobs.map(({ state }) => new Date(state.nextRunAtMs!).getUTCFullYear())).toEqual([
    2026, 2027,
  ])
})

describe("after the gateway was down", () => {
  const down = async (
    options: { config?: Record<string, unknown>; task: object },
    backAt: string,
    look: (place: Awaited<ReturnType<typeof startTasks>>) => Promise<void>,
  ) => {
    await using home = await temporaryHome()
    {
      await using place = await startTasks([], { home: home.path, config: options.config ?? {} })
      await place.add(options.task)
    }
    // Held, so that no run ends before it is listened to.
    await using place = await startTasks([{ text: "Late.", holdRequest: true }], {
      home: home.path,
      config: options.config ?? {},
      at: backAt,
    })
    place.model.release()
    await look(place)
  }
  const once = { schedule: { kind: "at", at: "2026-06-01T09:00:00Z" } }

  test("a one-shot is made up for", () =>
    down({ task: once }, "2026-06-01T12:00:00Z", async (place) => {
      await place.ended()
      expect(await place.runs()).toMatchObject([{ status: "ok", trigger: "missed" }])
    }))

  test("but not days late: the task says so instead", () =>
    down({ task: once }, "2026-06-05T12:00:00Z", async (place) => {
      const [job] = await place.list()
      expect(job).toMatchObject({ enabled: false })
      expect(job!.state.disabledReason).toContain("missed")
      expect(place.model.calls).toHaveLength(0)
    }))

  test("what repeats skips what was missed", () =>
    down({ task: {} }, "2026-06-03T12:30:00Z", async (place) => {
      const [job] = await place.list()
      expect(job!.state.nextRunAtMs).toBe(Date.parse("2026-06-03T13:00:00Z"))
      expect(await place.runs()).toMatchObject([{ status: "skipped" }])
    }))

  test("or makes up for all of it once, where that is wanted", () =>
    down({ task: { missedRuns: "once" } }, "2026-06-01T20:30:00Z", async (place) => {
      await place.ended()
      expect(await place.runs()).toMatchObject([{ status: "ok", trigger: "missed" }])
      expect(place.model.calls).toHaveLength(1)
    }))
})

describe("clocks that are set", () => {
  test("forward: what was jumped over is missed, and it goes on", async () => {
    await using place = await startTasks()
    const { id } = await place.add()
    place.clock.set(10 * hour + 5 * minute)
    place.clock.turn(minute)
    await place.ended()
    expect(await place.runs()).toMatchObject([{ status: "skipped" }])
    for (let left = 54; left; left--) place.clock.turn(minute)
    await place.ended(2)
    expect((await place.get(id)).state.lastRunStatus).toBe("ok")
  })

  test("back: spans go on from there, and nothing runs twice", async () => {
    await using place = await startTasks()
    const { id } = await place.add()
    place.clock.turn(hour)
    await place.ended()
    place.clock.set(-24 * hour)
    place.clock.turn(minute)
    const moved = async (): Promise<number> => {
      const next = (await place.get(id)).state.nextRunAtMs! - place.clock.now()
      return next > hour ? moved() : next
    }
    expect(await moved()).toBe(hour)
    for (let left = 60; left; left--) place.clock.turn(minute)
    await place.ended(2)
    expect(place.model.calls).toHaveLength(2)
  })
})

test("what names no agent is listed with the one that answers where nobody is named", async () => {
  await using place = await startTasks(["One."])
  const { id } = await place.add()
  const listed = async (agentId: string) => {
    const { jobs } = (await place.gateway.client.request("cron.list", { agentId })) as {
      jobs: { id: string }[]
    }
    return jobs.map((job) => job.id)
  }
  expect(await listed("main")).toEqual([id])
  expect(await listed("research")).toEqual([])
})
