/**
 * A model server on 127.0.0.1 that speaks the real wire of four providers and does what it is told:
 *
 *   await using model = fakeModel({ turns: ["Hello there."] })
 *   config.models = { mode: "replace", providers: { fake: model.provider("openai-completions") } }
 *   // … the reference is `fake/fake-1`
 *
 * Each request takes the next turn; the last one repeats. A turn is the text to say, what happens
 * (`Turn`), or a function of the request that gives one.
 */
import {
  type Api,
  apiOfPath,
  errorBody,
  errorFrame,
  framesOf,
  listingOf,
  paths,
  type Turn,
} from "./fake-model-wires.ts"

export { imagesIn } from "./fake-model-wires.ts"
export type { Api, Turn } from "./fake-model-wires.ts"

/** One call as it arrived. */
export interface Call {
  api: Api
  path: string
  headers: Record<string, string>
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
  body: any
  /** True once the caller hung up before the end. */
  aborted: boolean
}

export type Script = string | Turn | ((call: Call, index: number) => string | Turn)

export interface FakeModel extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Every call so far, in order. */
  readonly calls: Call[]
  /** Every look at its list of models. */
  readonly asked: { path: string; headers: Record<string, string> }[]
  /** A value for `models.providers.<id>` that leads here and offers the model `fake-1`. */
  provider(api: Api): {
    baseUrl: string
    apiKey: string
    api: Api
    models: { id: string; contextWindow: number; maxTokens?: number }[]
  }
  /** Resolves when call number `count` has arrived. */
  called(count?: number): Promise<Call>
  /** Resolves when a caller has hung up `count` times. */
  hungUp(count?: number): Promise<void>
  /** Lets every turn that holds go on. */
  release(): void
  close(): Promise<void>
}

export const fakeKey = "sk-fake-0123456789abcdef0123456789"

interface Options {
  turns?: Script[]
  /** The models it says it has, on the lists of all kinds of servers. */
  offers?: readonly string[]
  /** Other GET paths, answered as given. */
  pages?: Readonly<Record<string, unknown>>
}

export const fakeModel = ({
  turns = ["Hello."],
  offers = ["fake-1"],
  pages = {},
}: Options = {}): FakeModel => {
  const calls: Call[] = []
  const asked: FakeModel["asked"] = []
  const released = Promise.withResolvers<void>()
  const watchers = new Set<() => void>()
  const changed = () => watchers.forEach((look) => look())
  const until = <T>(ready: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const look = () => {
        const value = ready()
        if (value === undefined) return
        watchers.delete(look)
        resolve(value)
      }
      watchers.add(look)
      look()
    })

  const answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname
    const listing = request.method === "GET" ? (pages[path] ?? listingOf(path, offers)) : undefined
    if (listing) {
      asked.push({ path, headers: Object.fromEntries(request.headers) })
      return Response.json(listing)
    }
    const api = apiOfPath(path)
    if (!api) return Response.json({ error: { message: `no such path: ${path}` } }, { status: 404 })
    const call: Call = {
      api,
      path,
      headers: Object.fromEntries(request.headers),
      body: await request.json(),
      aborted: false,
    }
    const index = calls.push(call) - 1
    request.signal.addEventListener("abort", () => {
      call.aborted = true
      changed()
    })
    changed()
    const script = turns[Math.min(index, turns.length - 1)] ?? "Hello."
    const made = typeof script === "function" ? script(call, index) : script
    const turn: Turn = typeof made === "string" ? { text: made } : made
    if (turn.holdRequest) await released.promise
    if (turn.fail) {
      const { status, headers, page } = turn.fail
      return page === undefined
        ? Response.json(errorBody(api, turn.fail), { status, headers })
        : new Response(page, { status, headers: { "content-type": "text/html", ...headers } })
    }
    const type = turn.raw?.type ?? "text/event-stream"
    const body = turn.raw ? turn.raw.body : stream(api, call, turn)
    return new Response(body, { headers: { "content-type": type } })
  }

  const stream = (api: Api, call: Call, turn: Turn) => {
    const text = new TextEncoder()
    return new ReadableStream<Uint8Array>({
      async start(controller) {
        const { head, words, tail } = framesOf(api, call.body.model ?? "fake-1", turn)
        const send = (frame: string) => controller.enqueue(text.encode(frame))
        try {
          send(head)
          for (const [index, word] of words.entries()) {
            if (index === turn.holdAfter) await released.promise
            if (index === turn.cutAfter) {
              // What was sent has to leave the machine before the connection breaks.
              await Bun.sleep(5)
              return controller.error(new Error("cut"))
            }
            if (index === turn.endAfter) return controller.close()
            if (index === turn.failAfter?.pieces) {
              send(errorFrame(api, turn.failAfter))
              return controller.close()
            }
            if (turn.paceMs) await Bun.sleep(turn.paceMs)
            send(word)
          }
          send(tail)
          controller.close()
        } catch {
          // The caller hung up; there is nobody left to tell.
        }
      },
    })
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    development: false,
    fetch: answer,
  })
  const url = `http://127.0.0.1:${server.port}`
  const close = async () => {
    released.resolve()
    await server.stop(true)
  }
  return {
    url,
    calls,
    asked,
    provider: (api) => ({
      baseUrl: `${url}${paths[api]}`,
      apiKey: fakeKey,
      api,
      models: [{ id: "fake-1", contextWindow: 32_000 }],
    }),
    called: (count = 1) => until(() => calls[count - 1]),
    hungUp: async (count = 1) => {
      await until(() => (calls.filter(({ aborted }) => aborted).length >= count ? true : undefined))
    },
    release: () => released.resolve(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
