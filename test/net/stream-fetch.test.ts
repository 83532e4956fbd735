import { expect, test } from "bun:test"
import { createStreamFetch, type StreamRequest } from "../../src/net/stream-fetch.ts"
import { freshCertificate, signedCertificate } from "../support/certificates.ts"

type Socket = Bun.Socket<{ got: string }>

/** A server that is told each request as text and writes what it likes; `answers` go out in order. */
const rawServer = (
  answer: (socket: Socket, request: string, index: number) => void,
  tls?: Bun.TLSOptions,
) => {
  const requests: string[] = []
  const sockets: Socket[] = []
  const server = Bun.listen<{ got: string }>({
    hostname: "127.0.0.1",
    port: 0,
    tls,
    socket: {
      open(socket) {
        socket.data = { got: "" }
        sockets.push(socket)
      },
      data(socket, bytes) {
        socket.data.got += bytes.toString("latin1")
        const [, length] = /content-length: (\d+)/i.exec(socket.data.got) ?? []
        const head = socket.data.got.indexOf("\r\n\r\n")
        if (head < 0 || socket.data.got.length < head + 4 + Number(length)) return
        const request = socket.data.got
        socket.data.got = ""
        requests.push(request)
        answer(socket, request, requests.length - 1)
      },
    },
  })
  return {
    requests,
    sockets,
    url: (host = "127.0.0.1") => new URL(`http${tls ? "s" : ""}://${host}:${server.port}/v1/x?a=b`),
    [Symbol.dispose]: () => server.stop(true),
  }
}

const post = (more: Partial<StreamRequest> = {}): StreamRequest => ({
  method: "POST",
  headers: new Headers({ "content-type": "application/json" }),
  body: `{"ü":1}`,
  signal: new AbortController().signal,
  ...more,
})

const ok = (body: string, more = "") =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error & { code?: string },
  )

test("a request says what it is, and asks for nothing packed", async () => {
  using server = rawServer((socket) => void socket.write(ok("hello")))
  const response = await createStreamFetch()(server.url(), post())
  expect(await response.text()).toBe("hello")
  const [head, body] = server.requests[0]!.split("\r\n\r\n")
  expect(head!.split("\r\n")[0]).toBe("POST /v1/x?a=b HTTP/1.1")
  expect(head!.split("\r\n").slice(1).toSorted()).toEqual([
    "accept-encoding: identity",
    "accept: */*",
    "connection: keep-alive",
    "content-length: 8",
    "content-type: application/json",
    `host: ${server.url().host}`,
  ])
  expect(Buffer.from(body!, "latin1").toString()).toBe(`{"ü":1}`)
})

test("a large request goes out whole", async () => {
  using server = rawServer((socket, request) => void socket.write(ok(`${request.length}`)))
  const body = "x".repeat(8_000_000)
  const response = await createStreamFetch()(server.url(), post({ body }))
  expect(Number(await response.text())).toBeGreaterThan(8_000_000)
})

test("a connection carries one exchange after another, and a second where the first is busy", async () => {
  using server = rawServer((socket) => void socket.write(ok("hello")))
  const get = createStreamFetch()
  for (let at = 0; at < 3; at++) await (await get(server.url(), post())).text()
  expect(server.sockets).toHaveLength(1)
  const both = await Promise.all([get(server.url(), post()), get(server.url(), post())])
  expect(await Promise.all(both.map((one) => one.text()))).toEqual(["hello", "hello"])
  expect(server.sockets).toHaveLength(2)
})

test("a connection is not used again after an answer that says so, or says too much", async () => {
  const answers = [ok("one", "connection: close\r\n"), `${ok("two")}${ok("three")}`, ok("four")]
  using server = rawServer((socket, _, index) => void socket.write(answers[index]!))
  const get = createStreamFetch()
  const said: string[] = []
  for (let at = 0; at < 3; at++) said.push(await (await get(server.url(), post())).text())
  expect(said).toEqual(["one", "two", "four"])
  expect(server.sockets).toHaveLength(3)
})

test("a connection that was given up while it waited is replaced, and asked no second time", async () => {
  using server = rawServer((socket, _, index) => {
    if (index === 1) socket.terminate()
    else socket.write(ok(`answer ${index}`))
  })
  const get = createStreamFetch()
  expect(await (await get(server.url(), post())).text()).toBe("answer 0")
  expect(await (await get(server.url(), post())).text()).toBe("answer 2")
  expect(server.sockets).toHaveLength(2)
})

test("a fresh connection that is closed unanswered is a failure", async () => {
  using server = rawServer((socket) => socket.terminate())
  expect(await failureOf(createStreamFetch()(server.url(), post()))).toMatchObject({
    code: "ConnectionClosed",
  })
  expect(server.requests).toHaveLength(1)
})

test("an answer that is no HTTP is a failure that says so", async () => {
  using server = rawServer((socket) => void socket.write("220 mail.example ESMTP\r\n\r\n"))
  expect(await failureOf(createStreamFetch()(server.url(), post()))).toMatchObject({
    code: "Malformed_HTTP_Response",
  })
})

test("an answer that is cut off fails when its reader comes to the cut", async () => {
  using server = rawServer((socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello")
    socket.end()
  })
  const response = await createStreamFetch()(server.url(), post())
  const reader = response.body!.getReader()
  expect((await reader.read()).value).toHaveLength(5)
  expect(await failureOf(reader.read())).toMatchObject({ code: "Malformed_HTTP_Response" })
})

test("nothing listens there", async () => {
  const gone = rawServer(() => {})
  const url = gone.url()
  gone[Symbol.dispose]()
  expect(await failureOf(createStreamFetch()(url, post()))).toMatchObject({ code: "ECONNREFUSED" })
})

test("a name that nobody has", async () => {
  const failure = await failureOf(createStreamFetch()(new URL("http://no.such.invalid/"), post()))
  expect(failure?.code).toMatch(/ENOTFOUND|EAI_AGAIN/)
})

test("an abort ends it before its head and in its body, and closes the connection", async () => {
  const asked = Promise.withResolvers<void>()
  using server = rawServer((socket, _, index) => {
    if (index === 1) socket.write("HTTP/1.1 200 OK\r\n\r\nhello")
    asked.resolve()
  })
  const get = createStreamFetch()
  const early = new AbortController()
  const waiting = failureOf(get(server.url(), post({ signal: early.signal })))
  await asked.promise
  early.abort(new Error("enough"))
  expect((await waiting)?.message).toBe("enough")

  const late = new AbortController()
  const response = await get(server.url(), post({ signal: late.signal }))
  const reader = response.body!.getReader()
  await reader.read()
  const next = failureOf(reader.read())
  late.abort(new Error("stop"))
  expect((await next)?.message).toBe("stop")

  expect((await failureOf(get(server.url(), post({ signal: late.signal }))))?.message).toBe("stop")
  expect(server.requests).toHaveLength(2)
})

/** Streams for as long as it is read; counts what it could send. */
const endless = () => {
  const piece = new Uint8Array(64 * 1024).fill(120)
  const state = { sent: 0, over: Promise.withResolvers<void>() }
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch: () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            state.sent += piece.length
            controller.enqueue(piece)
          },
          cancel: () => state.over.resolve(),
        }),
      ),
  })
  return { state, url: new URL(server.url), [Symbol.asyncDispose]: () => server.stop(true) }
}

test("what nobody reads stays with the sender, and flows on when it is read", async () => {
  await using server = endless()
  const response = await createStreamFetch()(server.url, post())
  const reader = response.body!.getReader()
  await reader.read()
  let before = -1
  // Until the buffers of the system are full and it can send no more.
  while (server.state.sent !== before) {
    before = server.state.sent
    await Bun.sleep(50)
  }
  let held = 0
  while (held < before + 10_000_000) held += (await reader.read()).value!.length
  expect(server.state.sent).toBeGreaterThan(before)
  await reader.cancel()
  await server.state.over.promise
})

test("an answer that was sent whole is read whole, however late", async () => {
  const body = "0123456789".repeat(200_000)
  for (const framing of [`content-length: ${body.length}\r\nconnection: close\r\n`, ""]) {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data: (socket) => send(socket, Buffer.from(`HTTP/1.1 200 OK\r\n${framing}\r\n${body}`)),
        drain: (socket) => send(socket, left),
      },
    })
    let left: Uint8Array = new Uint8Array()
    const send = (socket: Bun.Socket, bytes: Uint8Array) => {
      left = bytes.subarray(socket.write(bytes))
      if (!left.length) socket.end()
    }
    const response = await createStreamFetch()(new URL(`http://127.0.0.1:${server.port}/`), post())
    let got = 0
    for await (const piece of response.body!) {
      got += piece.length
      await Bun.sleep(5)
    }
    expect(got).toBe(body.length)
    server.stop(true)
  }
})

test("more answers are under way than Bun's own fetch allows", async () => {
  await using server = endless()
  const get = createStreamFetch()
  const all = await Promise.all(Array.from({ length: 300 }, () => get(server.url, post())))
  expect(all).toHaveLength(300)
  await Promise.all(all.map((response) => response.body!.cancel()))
})

test("only the addresses that were judged are connected to, in their order", async () => {
  using server = rawServer((socket) => void socket.write(ok("here")))
  const get = createStreamFetch()
  const response = await get(
    server.url("nowhere.invalid"),
    post({ addresses: ["127.0.0.99", "127.0.0.1"] }),
  )
  expect(await response.text()).toBe("here")
  expect(server.requests[0]).toContain(`host: nowhere.invalid:${server.url().port}`)
  expect(await failureOf(get(server.url(), post({ addresses: ["127.0.0.99"] })))).toMatchObject({
    code: "ECONNREFUSED",
  })
})

test("a certificate is checked for who signed it and for whom it is; nothing is said before", async () => {
  const { pem } = await freshCertificate()
  const { pem: foreign } = await signedCertificate()
  using server = rawServer((socket) => void socket.write(ok("secret")), { cert: pem, key: pem })
  using stranger = rawServer((socket) => void socket.write(ok("secret")), {
    cert: foreign,
    key: foreign,
  })
  const trusting = createStreamFetch({ ca: pem })
  for (const host of ["localhost", "127.0.0.1"])
    for (let times = 0; times < 2; times++) {
      const response = await trusting(server.url(host), post({ addresses: ["127.0.0.1"] }))
      expect(await response.text()).toBe("secret")
    }
  expect(server.requests).toHaveLength(4)
  expect(server.sockets).toHaveLength(2)

  const elsewhere = post({ addresses: ["127.0.0.1"] })
  for (const host of ["elsewhere.example", "127.0.0.2"])
    expect(await failureOf(trusting(server.url(host), elsewhere))).toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    })
  expect(await failureOf(createStreamFetch()(server.url("localhost"), elsewhere))).toMatchObject({
    code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/),
  })
  expect(await failureOf(trusting(stranger.url("localhost"), elsewhere))).toMatchObject({
    code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO|ALTNAME/),
  })
  expect(server.requests).toHaveLength(4)
  expect(stranger.requests).toEqual([])
})

test("what nobody reads stays with the sender through TLS as well, and is read whole", async () => {
  const { pem } = await freshCertificate()
  const body = "0123456789".repeat(500_000)
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: pem, key: pem },
    fetch: () => new Response(body),
  })
  const get = createStreamFetch({ ca: pem })
  const url = new URL(`https://localhost:${server.port}/`)
  const response = await get(url, post({ addresses: ["127.0.0.1"] }))
  let got = ""
  for await (const piece of response.body!) {
    got += Buffer.from(piece).toString()
    await Bun.sleep(1)
  }
  expect(got === body).toBe(true)
  await server.stop(true)
})
