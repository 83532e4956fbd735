/** Google's sign-in and its APIs of Gmail, Calendar and Pub/Sub, as far as their documentation says and we ask. */
import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto"

export interface GoogleCall {
  method: string
  path: string
  query: URLSearchParams
  headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever was sent
  body: any
}
interface PushConfig {
  pushEndpoint?: string
  oidcToken?: { serviceAccountEmail: string; audience: string }
}
type Answer = (call: GoogleCall) => Response | Promise<Response> | undefined | void

export interface FakeMessage {
  id: string
  threadId: string
  labelIds: string[]
  from: string
  to: string
  subject: string
  text?: string
  html?: string
  attachment?: string
}

export const googleError = (status: number, reason: string, message = reason, headers = {}) =>
  Response.json(
    { error: { code: status, message, status: reason, errors: [{ reason, message }] } },
    { status, headers },
  )

const encode = (text: string | Buffer) => Buffer.from(text).toString("base64url")
/** A field that is set to null is taken away. */
const withoutNulls = (value: object): object =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      if (one === null) return []
      const isGroup = typeof one === "object" && !Array.isArray(one)
      return [[name, isGroup ? withoutNulls(one) : one]]
    }),
  )
const client = { id: "client-1.apps.googleusercontent.test", secret: "client-sesame" }

/** One account at a Google of its own. Every token says which rights it has. */
export const fakeGoogle = ({ account = "me@gmail.test" }: { account?: string } = {}) => {
  const calls: GoogleCall[] = []
  const codes = new Map<string, { challenge: string; scope: string; redirectUri: string }>()
  /** Access tokens that count, with their rights. */
  const tokens = new Map<string, string>()
  const refreshTokens = new Map<string, string>()
  let minted = 0
  let override: Answer | undefined
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const keyId = "key-1"
  const publicJwk = () => ({
    ...createPublicKey(privateKey).export({ format: "jwk" }),
    kid: keyId,
    alg: "RS256",
    use: "sig",
  })

  const messages: FakeMessage[] = []
  const labels = [
    { id: "INBOX", name: "INBOX", type: "system" },
    { id: "UNREAD", name: "UNREAD", type: "system" },
    { id: "TRASH", name: "TRASH", type: "system" },
    { id: "Label_1", name: "Orders", type: "user" },
  ]
  let historyId = 1_000
  /** Histories before this are gone. */
  let oldest = 0
  const history: { id: number; message: FakeMessage }[] = []
  const sent: { raw: string; threadId?: string }[] = []
  const drafts: { raw: string }[] = []
  const watches: { topicName: string; labelIds: string[] }[] = []
  const events = new Map<string, Record<string, unknown>>()
  const topics = new Map<string, { bindings: { role: string; members: string[] }[] }>()
  const subscriptions = new Map<string, { topic: string; pushConfig: PushConfig }>()

  const issue = (scope: string, refresh: string, withRefresh: boolean) => {
    const access = `access-${++minted}`
    tokens.set(access, scope)
    const claims = encode(JSON.stringify({ email: account, sub: "1" }))
    return Response.json({
      access_token: access,
      expires_in: 3599,
      scope,
      token_type: "Bearer",
      id_token: `${encode("{}")}.${claims}.x`,
      ...(withRefresh && { refresh_token: refresh }),
    })
  }

  const token = (form: URLSearchParams) => {
    if (form.get("client_id") !== client.id || form.get("client_secret") !== client.secret)
      return Response.json({ error: "invalid_client" }, { status: 401 })
    if (form.get("grant_type") === "refresh_token") {
      const refresh = form.get("refresh_token") ?? ""
      const scope = refreshTokens.get(refresh)
      if (scope === undefined)
        return Response.json(
          { error: "invalid_grant", error_description: "Token has been expired or revoked." },
          { status: 400 },
        )
      return issue(scope, refresh, false)
    }
    const code = codes.get(form.get("code") ?? "")
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url")
    if (code?.challenge !== challenge || code.redirectUri !== form.get("redirect_uri"))
      return Response.json({ error: "invalid_grant" }, { status: 400 })
    codes.delete(form.get("code")!)
    const refresh = `refresh-${++minted}`
    refreshTokens.set(refresh, code.scope)
    return issue(code.scope, refresh, true)
  }

  /** What the page does once a person has said yes to all of it. */
  const authorize = (query: URLSearchParams) => {
    const code = `code-${++minted}`
    codes.set(code, {
      challenge: query.get("code_challenge") ?? "",
      scope: query.get("scope") ?? "",
      redirectUri: query.get("redirect_uri") ?? "",
    })
    const back = new URL(query.get("redirect_uri")!)
    back.searchParams.set("state", query.get("state") ?? "")
    back.searchParams.set("code", code)
    return Response.redirect(back.href, 302)
  }

  const payloadOf = ({ from, to, subject, text, html, attachment, id }: FakeMessage) => ({
    mimeType: "multipart/mixed",
    headers: [
      { name: "From", value: from },
      { name: "To", value: to },
      { name: "Subject", value: subject },
      { name: "Date", value: "Thu, 1 Jan 2026 10:00:00 +0000" },
      { name: "Message-ID", value: `<${id}@mail.test>` },
    ],
    parts: [
      ...(text === undefined
        ? []
        : [{ mimeType: "text/plain", body: { size: text.length, data: encode(text) } }]),
      ...(html === undefined
        ? []
        : [{ mimeType: "text/html", body: { size: html.length, data: encode(html) } }]),
      ...(attachment
        ? [
            {
              mimeType: "application/pdf",
              filename: attachment,
              body: { size: 9, attachmentId: "a" },
            },
          ]
        : []),
    ],
  })
  const shown = (message: FakeMessage) => ({
    id: message.id,
    threadId: message.threadId,
    labelIds: message.labelIds,
    snippet: (message.text ?? message.html ?? "").slice(0, 100),
    payload: payloadOf(message),
  })
  const found = (id: string) => messages.find((one) => one.id === id)
  const gone = () => googleError(404, "notFound", "Requested entity was not found.")

  const gmail = ({ method, path, query, body }: GoogleCall): Response => {
    const at = path.slice("/gmail/v1/users/me".length)
    const [, id] = /^\/messages\/([^/]+)$/.exec(at) ?? []
    if (at === "/profile")
      return Response.json({
        emailAddress: account,
        messagesTotal: messages.length,
        historyId: `${historyId}`,
      })
    if (at === "/labels") return Response.json({ labels })
    if (at === "/messages") {
      const label = query.get("labelIds")
      const after = Number(/after:(\d+)/.exec(query.get("q") ?? "")?.[1] ?? 0)
      const words = (query.get("q") ?? "").replace(/\bafter:\d+/, "").trim()
      const all = messages
        .filter((one) => (!label || one.labelIds.includes(label)) && one.subject.includes(words))
        .filter(() => after >= 0)
        .toReversed()
      const most = Number(query.get("maxResults") ?? 100)
      const from = Number(query.get("pageToken") ?? 0)
      return Response.json({
        messages: all.slice(from, from + most).map(({ id, threadId }) => ({ id, threadId })),
        ...(all.length > from + most && { nextPageToken: `${from + most}` }),
      })
    }
    if (at === "/messages/send") return (sent.push(body), Response.json({ id: "sent-1" }))
    if (at === "/drafts") return (drafts.push(body.message), Response.json({ id: "draft-1" }))
    if (at === "/messages/batchModify") {
      for (const one of messages.filter(({ id }) => body.ids.includes(id)))
        one.labelIds = [
          ...one.labelIds.filter((label) => !body.removeLabelIds.includes(label)),
          ...body.addLabelIds,
        ]
      return new Response(null, { status: 204 })
    }
    if (at.startsWith("/threads/")) {
      const whole = messages.filter(({ threadId }) => threadId === at.slice("/threads/".length))
      return Response.json({ messages: whole.map(shown) })
    }
    if (at === "/watch" && method === "POST") {
      watches.push(body)
      return Response.json({
        historyId: `${historyId}`,
        expiration: `${Date.now() + 7 * 86_400_000}`,
      })
    }
    if (at === "/stop") return new Response(null, { status: 204 })
    if (at === "/history") {
      const start = Number(query.get("startHistoryId"))
      if (start < oldest) return gone()
      const label = query.get("labelId")
      const since = history.filter(
        ({ id, message }) => id > start && (!label || message.labelIds.includes(label)),
      )
      const from = Number(query.get("pageToken") ?? 0)
      const most = Number(query.get("maxResults") ?? 100)
      return Response.json({
        history: since.slice(from, from + most).map(({ id, message }) => ({
          id: `${id}`,
          messagesAdded: [{ message: { id: message.id, threadId: message.threadId } }],
        })),
        historyId: `${historyId}`,
        ...(since.length > from + most && { nextPageToken: `${from + most}` }),
      })
    }
    const message = id && found(id)
    return message ? Response.json(shown(message)) : gone()
  }

  const calendar = ({ method, path, query, body }: GoogleCall): Response => {
    const at = path.slice("/calendar/v3".length)
    if (at === "/users/me/calendarList")
      return Response.json({
        items: [
          { id: account, summary: "Me", accessRole: "owner", primary: true, timeZone: "UTC" },
          { id: "team@group.test", summary: "Team", accessRole: "reader" },
        ],
      })
    if (at === "/freeBusy")
      return Response.json({
        calendars: Object.fromEntries(
          body.items.map(({ id }: { id: string }) => [
            id,
            { busy: [{ start: "2026-01-31T09:00:00Z", end: "2026-01-31T10:00:00Z" }] },
          ]),
        ),
      })
    const [, where, id] = /^\/calendars\/([^/]+)\/events(?:\/([^/]+))?$/.exec(at) ?? []
    if (where === undefined || decodeURIComponent(where) === "nobody@group.test") return gone()
    if (method === "POST") {
      const made = { id: `event${events.size + 1}`, status: "confirmed", ...withoutNulls(body) }
      events.set(made.id, made)
      return Response.json(made)
    }
    if (id === undefined) {
      const wanted = query.get("q") ?? ""
      return Response.json({
        items: [...events.values()].filter(({ summary }) => String(summary).includes(wanted)),
      })
    }
    const known = events.get(id)
    if (!known) return gone()
    if (method === "DELETE") return (events.delete(id), new Response(null, { status: 204 }))
    if (method === "PATCH") events.set(id, { ...known, ...withoutNulls(body) })
    return Response.json(events.get(id))
  }

  const pubsub = ({ method, path, body }: GoogleCall): Response => {
    const name = path.slice("/v1/".length)
    const taken = () => googleError(409, "ALREADY_EXISTS")
    const [, policyOf, verb] = /^(.*\/topics\/[^:]+):(get|set)IamPolicy$/.exec(name) ?? []
    if (policyOf) {
      const topic = topics.get(policyOf)
      if (!topic) return gone()
      if (verb === "set") topic.bindings = body.policy.bindings
      return Response.json({
        etag: "e",
        ...(topic.bindings.length && { bindings: topic.bindings }),
      })
    }
    const [, changed] = /^(.*):modifyPushConfig$/.exec(name) ?? []
    if (changed) {
      subscriptions.get(changed)!.pushConfig = body.pushConfig
      return Response.json({})
    }
    if (method !== "PUT") return gone()
    if (name.includes("/topics/")) {
      if (topics.has(name)) return taken()
      topics.set(name, { bindings: [] })
    } else {
      if (subscriptions.has(name)) return taken()
      if (!topics.has(body.topic)) return gone()
      subscriptions.set(name, body)
    }
    return Response.json({ name })
  }

  const rights: [prefix: string, answer: (call: GoogleCall) => Response, scopes: RegExp][] = [
    ["/gmail/v1/", gmail, /gmail|mail\.google/],
    ["/calendar/v3/", calendar, /calendar/],
    ["/v1/projects/", pubsub, /pubsub|cloud-platform/],
  ]

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname: path, searchParams: query } = new URL(request.url)
      const text = await request.text()
      const isForm = request.headers.get("content-type")?.includes("form")
      const body = isForm ? new URLSearchParams(text) : text ? JSON.parse(text) : undefined
      const call = { method: request.method, path, query, headers: request.headers, body }
      calls.push(call)
      const instead = await override?.(call)
      if (instead) return instead
      if (path === "/o/oauth2/v2/auth") return authorize(query)
      if (path === "/token") return token(body)
      if (path === "/oauth2/v3/certs")
        return Response.json(
          { keys: [publicJwk()] },
          { headers: { "cache-control": "public, max-age=600" } },
        )
      const given = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? ""
      const scope = tokens.get(given)
      if (scope === undefined) return googleError(401, "UNAUTHENTICATED", "Invalid Credentials")
      const route = rights.find(([prefix]) => path.startsWith(prefix))
      if (!route) return gone()
      const [, answer, needed] = route
      return needed.test(scope)
        ? answer(call)
        : googleError(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")
    },
  })
  const url = `http://127.0.0.1:${server.port}`

  return {
    url,
    account,
    calls,
    messages,
    sent,
    drafts,
    watches,
    events,
    topics,
    subscriptions,
    client,
    /** The settings of services.google. */
    settings: { clientId: client.id, clientSecret: client.secret, baseUrl: url },
    /** How calls are answered instead, for as long as it is set. */
    answer: (instead?: Answer) => void (override = instead),
    /** A person says yes on the page, and the browser is led back. */
    async allow(page: string): Promise<string> {
      const { headers } = await fetch(page, { redirect: "manual" })
      return headers.get("location")!
    },
    /** Nothing that was given counts any more. */
    revoke() {
      tokens.clear()
      refreshTokens.clear()
    },
    /** Access tokens end, and can be renewed. */
    endTokens: () => tokens.clear(),
    calledFor: (path: string) => calls.filter((one) => one.path.endsWith(path)),
    historyId: () => historyId,
    deliver(more: Partial<FakeMessage> = {}) {
      const id = more.id ?? `m${messages.length + 1}`
      const message: FakeMessage = {
        id,
        threadId: `t-${id}`,
        labelIds: ["INBOX", "UNREAD"],
        from: "Ann <ann@example.test>",
        to: account,
        subject: `Subject ${id}`,
        text: `Body of ${id}`,
        ...more,
      }
      messages.push(message)
      history.push({ id: ++historyId, message })
      return message
    },
    /** Google forgets what happened so far. */
    forgetHistory: () => void (oldest = ++historyId),
    /** What Pub/Sub posts when the mailbox changed. */
    notice: (more: object = {}) => ({
      message: {
        data: Buffer.from(JSON.stringify({ emailAddress: account, historyId, ...more })).toString(
          "base64",
        ),
        messageId: `${++minted}`,
        publishTime: "2026-01-01T00:00:00Z",
      },
      subscription: "projects/p/subscriptions/s",
    }),
    /** A token as Google signs it for a push. */
    signedToken(claims: object, header: object = {}) {
      const now = Math.floor(Date.now() / 1000)
      const whole = {
        iss: "https://accounts.google.com",
        iat: now - 5,
        exp: now + 3600,
        email_verified: true,
        ...claims,
      }
      const head = encode(JSON.stringify({ alg: "RS256", kid: keyId, typ: "JWT", ...header }))
      const unsigned = `${head}.${encode(JSON.stringify(whole))}`
      return `${unsigned}.${sign("sha256", Buffer.from(unsigned), privateKey).toString("base64url")}`
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
export type FakeGoogle = ReturnType<typeof fakeGoogle>
