/** Every method and route there is × every credential: made from the registry, so new ones are in it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Scope } from "../../src/kernel/method.ts"
import { methods } from "../../src/registry.ts"
import { offline, startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { openRoutes } from "../support/open-routes.ts"
import { rawDevice } from "../support/raw-device.ts"
import { attempt, connectWith, rawSocket, type Attempt } from "../support/raw-socket.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ config: offline })
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** What a program that is no proxy may claim about itself. */
const forged = {
  "x-forwarded-for": "127.0.0.1",
  "x-forwarded-user": "admin",
  "x-forwarded-proto": "https",
  "x-real-ip": "127.0.0.1",
  "tailscale-user-login": "admin@example.com",
  cookie: "fased_ui_session=0000000000000000000000000000000000000000000",
  authorization: `Bearer ${testToken}`,
}

const signed = (role: "operator" | "node", scopes: string[], auth = { token: testToken }) => {
  const device = rawDevice()
  return attempt(gateway.wsUrl, (nonce) =>
    device.connect({ role, scopes, auth, nonce, signedAt: Date.now() }),
  )
}
const operator = (...scopes: string[]) =>
  attempt(gateway.wsUrl, connectWith({ scopes: scopes.map((scope) => `operator.${scope}`) }))

interface Row {
  /** `null`: not let in at all. */
  may: readonly (Scope | "any")[] | null
  role?: "node"
  open(): Promise<Attempt>
}

const wrong = { token: "wrong-token-0123456789abcdef0123456789" }
const rows: Record<string, Row> = {
  "no credential": { may: null, open: () => attempt(gateway.wsUrl, connectWith({ auth: {} })) },
  "a wrong token": { may: null, open: () => attempt(gateway.wsUrl, connectWith({ auth: wrong })) },
  "a wrong token and a device": {
    may: null,
    open: () => signed("operator", ["operator.admin"], wrong),
  },
  "a blank token": {
    may: null,
    open: () => attempt(gateway.wsUrl, connectWith({ auth: { token: "" } })),
  },
  "forged headers alone": {
    may: null,
    open: () => attempt(gateway.wsUrl, connectWith({ auth: {} }), forged),
  },
  "forged headers and the token": {
    may: null,
    open: () => attempt(gateway.wsUrl, connectWith(), forged),
  },
  "no scope": { may: [], open: () => operator() },
  "a scope nobody knows": { may: [], open: () => operator("root", "*", "ADMIN") },
  read: { may: ["read"], open: () => operator("read") },
  write: { may: ["read", "write"], open: () => operator("write") },
  admin: { may: ["read", "write", "admin", "pairing", "approvals"], open: () => operator("admin") },
  pairing: { may: ["pairing"], open: () => operator("pairing") },
  approvals: { may: ["approvals"], open: () => operator("approvals") },
  "read, by a device": { may: ["read"], open: () => signed("operator", ["operator.read"]) },
  "a node that asks for admin": {
    may: ["node"],
    role: "node",
    open: () => signed("node", ["operator.admin"]),
  },
}

describe("N007 N070 every method ×", () => {
  test.each(Object.keys(rows))("%s", async (name) => {
    const { may, role, open } = rows[name]!
    await using socket = await open()
    expect(socket.answer?.ok ?? false).toBe(may !== null)
    if (!may) {
      for (const { name, example } of methods)
        socket.send({ type: "req", id: `late ${name}`, method: name, params: example })
      expect((await socket.closed).code).toBe(1008)
      expect(socket.frames.filter(({ ok }) => ok)).toEqual([])
      return
    }
    for (const { name, scope } of methods) {
      // Who passes reads of the parameter that is too much; nothing is done.
      const { ok, error } = (await socket.request(name, { notAParameter: 1 }))!
      expect(ok, name).toBe(false)
      if (may.includes(scope)) expect(error.message, name).toStartWith(`invalid ${name} params: `)
      else if ((scope === "node") !== (role === "node"))
        expect(error.details.code, name).toBe("gateway.wrong-role")
      else expect(error.details, name).toMatchObject({ code: "MISSING_SCOPE" })
    }
  })

  test("nothing before connect, and the socket is closed for asking", async () => {
    for (const { name, example } of methods) {
      await using socket = await rawSocket(gateway.wsUrl)
      expect((await socket.request(name, example))?.ok, name).toBe(false)
      expect((await socket.closed).code, name).toBe(1008)
    }
  })
})

test("what the contract reserves for the few is theirs, under whatever name it comes", () => {
  /** Contract 02 §11: prefixes whose calls are for one scope, and what is excepted from that. */
  const reserved: [prefix: string, scope: Scope, except: Record<string, string>][] = [
    [
      "config.",
      "admin",
      {
        "config.get": "secrets are masked in it",
        "config.schema.lookup": "it tells names and types, no values",
      },
    ],
    ["exec.approvals.", "admin", {}],
    ["wizard.", "admin", {}],
    ["update.", "admin", { "update.status": "it tells a version" }],
    ["secrets.", "admin", {}],
    ["device.", "pairing", {}],
    ["node.pair.", "pairing", {}],
  ]
  const wrong = reserved.flatMap(([prefix, scope, except]) =>
    methods.filter(
      (one) => one.name.startsWith(prefix) && one.scope !== scope && !(one.name in except),
    ),
  )
  expect(wrong.map(({ name }) => name)).toEqual([])
})

describe("N070 every HTTP route ×", () => {
  const credentials: Record<string, Record<string, string>> = {
    "no credential": {},
    "a wrong token": { authorization: `Bearer ${wrong.token}` },
    "a blank token": { authorization: "Bearer " },
    "the token in another scheme": { authorization: `Basic ${btoa(`token:${testToken}`)}` },
    "a forged cookie": { cookie: forged.cookie },
    "forged proxy headers": {
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-user": "admin",
      "tailscale-user-login": "admin@example.com",
    },
  }

  const routes = () =>
    gateway.running.routes
      .map(({ method, path }) => ({ method, path, name: `${method} ${path}` }))
      .filter(({ name }) => !(name in openRoutes))

  test.each(Object.keys(credentials))("%s", async (name) => {
    for (const { method, path, name: route } of routes()) {
      const url = new URL(path.replace(/:\w+|\*/g, "x"), gateway.running.url)
      const response = await fetch(url, {
        method: method === "ALL" ? "POST" : method,
        headers: { "content-type": "application/json", ...credentials[name] },
        ...(method !== "GET" && { body: "{}" }),
        redirect: "manual",
      })
      expect([400, 401, 403, 404, 405, 415], `${route}: ${response.status}`).toContain(
        response.status,
      )
      expect(response.headers.get("set-cookie"), route).toBeNull()
    }
  })

  test("every exemption is a route that exists", () => {
    const names = new Set(gateway.running.routes.map(({ method, path }) => `${method} ${path}`))
    expect(Object.keys(openRoutes).filter((name) => !names.has(name))).toEqual([])
  })

  test("only the gateway's own secret makes a caller known", async () => {
    const knows = async (headers: Record<string, string>) =>
      (await fetch(`${gateway.running.url}ready`, { headers })).status
    for (const [name, headers] of Object.entries(credentials))
      if (headers.authorization) expect(await knows(headers), name).toBe(401)
    expect(await knows({ authorization: `Bearer ${testToken}` })).toBe(200)
  })
})
