import { fakeModel, type Script } from "../support/fake-model.ts"
import { startGateway, type TestGateway } from "../support/gateway.ts"
import { turnableClock } from "../support/turnable-clock.ts"

export interface Shown {
  id: string
  name: string
  enabled: boolean
  payload: { kind: string; text?: string; message?: string }
  delivery?: object
  sessionTarget: string
  executionPolicy?: object
  state: {
    nextRunAtMs?: number
    lastRunStatus?: string
    lastError?: string
    consecutiveErrors?: number
    totalRuns?: number
    disabledReason?: string
  }
}

export interface Entry {
  runId: string
  jobId: string
  status?: string
  state: string
  trigger: string
  error?: string
  summary?: string
  sessionKey?: string
  deliveryStatus?: string
  deliveryError?: string
  costUsd?: number
  reached?: boolean
  usage?: { total_tokens: number }
}

/** A refusal as a client gets it. */
export const fault = (code: string) => ({ data: { error: { details: { code } } } })

export const minute = 60_000
export const hour = 60 * minute

/** A gateway whose clock stands until it is turned, and tasks in it. */
export const startTasks = async (
  turns: Script[] = ["Done."],
  options: {
    config?: Record<string, unknown>
    home?: string
    at?: string
    /** What the model costs; unset, nobody knows. */
    cost?: object
  } = {},
) => {
  const model = fakeModel({ turns })
  const provider = model.provider("openai-completions")
  const priced = provider.models.map((one) => ({
    ...one,
    ...(options.cost && { cost: options.cost }),
  }))
  const turnable = turnableClock(Date.parse(options.at ?? "2026-06-01T08:00:00Z"))
  let set = 0
  const clock = {
    ...turnable,
    now: () => turnable.now() + set,
    /** Sets what it shows, as a person or a time server does; timers run on as they did. */
    set(ms: number) {
      set += ms
    },
  }
  const { agents, ...config } = (options.config ?? {}) as { agents?: { defaults?: object } }
  const gateway = await startGateway({
    home: options.home,
    config: {
      agents: {
        ...agents,
        defaults: {
          skipBootstrap: true,
          model: "fake/fake-1",
          heartbeat: { every: "0m" },
          ...agents?.defaults,
        },
      },
      models: { mode: "replace", providers: { fake: { ...provider, models: priced } } },
      messages: { queue: { debounceMs: 0 } },
      ...config,
    },
    start: { clock },
  })
  return {
    ...tasksOf(gateway),
    gateway,
    model,
    clock,
    async [Symbol.asyncDispose]() {
      model.release()
      await gateway[Symbol.asyncDispose]()
      await model.close()
    },
  }
}

/** The tasks of a gateway, as a client sees them. */
export const tasksOf = ({ client }: Pick<TestGateway, "client">) => {
  const heard: { action: string; jobId: string; runId?: string; status?: string }[] = []
  const watchers = new Set<() => void>()
  client.on("cron", (payload) => {
    heard.push(payload as (typeof heard)[number])
    for (const look of watchers) look()
  })
  const until = <T>(find: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        watchers.delete(look)
        resolve(found)
      }
      watchers.add(look)
      look()
    })
  const call = async <T>(method: string, params: object = {}) =>
    (await client.request(method, params)) as T
  return {
    call,
    heard,
    /** Resolves when so many runs have ended since the test began. */
    ended: (count = 1) =>
      until(() => heard.filter(({ action }) => action === "finished")[count - 1]),
    add: (more: object = {}) =>
      call<Shown>("cron.add", {
        name: "count",
        schedule: { kind: "every", everyMs: hour },
        sessionTarget: "isolated",
        payload: { kind: "agentTurn", message: "Count to three." },
        delivery: { mode: "none" },
        ...more,
      }),
    get: (id: string) => call<Shown>("cron.get", { id }),
    list: async (params: object = {}) =>
      (await call<{ jobs: Shown[] }>("cron.list", { includeDisabled: true, ...params })).jobs,
    runs: async (params: object = {}) =>
      (await call<{ entries: Entry[] }>("cron.runs", params)).entries,
  }
}
