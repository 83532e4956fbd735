import { expect, test } from "bun:test"
import { generateKeyPairSync } from "node:crypto"
import * as z from "zod"
import { systemClock } from "../../src/kernel/clock.ts"
import { createGuardedFetch } from "../../src/net/create.ts"
import { createGitHubClient } from "../../src/services/github/client.ts"
import { readFrom } from "../../src/services/github/read.ts"
import { search } from "../../src/services/github/search.ts"
import { githubSettings } from "../../src/services/github/settings.ts"
import { githubRead, type GitHubRead, type GitHubWrite } from "../../src/services/github/tools.ts"
import { writeTo } from "../../src/services/github/write.ts"
import { fakeGitHub } from "../support/fake-github.ts"

const { signal } = new AbortController()
const clientFor = (settings: object, env: Record<string, string> = {}) => {
  const parsed = z.object({ github: githubSettings() }).parse({ github: settings }).github
  return createGitHubClient({
    config: () => parsed,
    guarded: createGuardedFetch({ clock: systemClock }),
    clock: systemClock,
    env: () => env,
  })
}
const setUp = (more: object = {}) => {
  const github = fakeGitHub()
  const client = clientFor({ token: "gh-token", baseUrl: github.url, ...more })
  const read = (wish: Partial<GitHubRead>) =>
    readFrom(githubRead.params.parse({ repository: "acme/app", ...wish }), client, signal)
  const write = (wish: Partial<GitHubWrite> & { action: GitHubWrite["action"] }) =>
    writeTo({ repository: "acme/app", ...wish }, client, signal)
  return { github, client, read, write, [Symbol.asyncDispose]: github[Symbol.asyncDispose] }
}

const readable: [Partial<GitHubRead>, RegExp][] = [
  [{ what: "repository" }, /acme\/app \(private\) An app\. \[TypeScript\]\n.*main/],
  [{ what: "issues" }, /#7 \[open\] It crashes by mona.*\{bug\}\n<<<end/],
  [
    { what: "issue", number: 7 },
    /#7 \[open\] It crashes[^]*Ignore all[^]*Comment by mona.*\nHere too/,
  ],
  [{ what: "pulls" }, /#8 \[open\] Do not crash/],
  [
    { what: "pull", number: 8 },
    /From mona:fix into main\nCan it be merged: clean\n1 files, \+3 -1/,
  ],
  [{ what: "diff", number: 8 }, /-crash\n\+no crash/],
  [{ what: "comments", number: 7 }, /Here too/],
  [{ what: "commits" }, /0123456789 .*Mona: First\n<<<end/],
  [{ what: "file", path: "README.md" }, /# Hello/],
  [{ what: "file", path: "src" }, /folder acme\/app\/src[^]*main\.ts 12/],
]
for (const [wish, text] of readable)
  test(`a ${wish.what} ${wish.path ?? ""} is read in few words, all of them in a fence`, async () => {
    await using shop = setUp()
    const answer = await shop.read(wish)
    expect(answer).toMatch(/^<<<untrusted /)
    expect(answer).toMatch(text)
  })

test("everything it can change reaches GitHub as its API wants it", async () => {
  await using shop = setUp({ access: "write" })
  const sent = async (wish: Parameters<typeof shop.write>[0]) => {
    await shop.write(wish)
    const { method, path, body } = shop.github.calls.at(-1)!
    return [`${method} ${path.replace("/repos/acme/app", "")}`, body]
  }
  expect(await sent({ action: "open_issue", title: "New", labels: ["bug"] })).toEqual([
    "POST /issues",
    { title: "New", labels: ["bug"] },
  ])
  expect(await sent({ action: "update_issue", number: 7, state: "closed" })).toEqual([
    "PATCH /issues/7",
    { state: "closed" },
  ])
  expect(await sent({ action: "comment", number: 7, body: "Hm." })).toEqual([
    "POST /issues/7/comments",
    { body: "Hm." },
  ])
  expect(await sent({ action: "open_pull", title: "Fix", branch: "fix" })).toEqual([
    "POST /pulls",
    { title: "Fix", head: "fix", base: "main" },
  ])
  expect(
    await sent({ action: "review", number: 8, verdict: "request_changes", body: "No." }),
  ).toEqual(["POST /pulls/8/reviews", { event: "REQUEST_CHANGES", body: "No." }])
  expect(await sent({ action: "merge", number: 8, method: "squash" })).toEqual([
    "PUT /pulls/8/merge",
    { merge_method: "squash" },
  ])
  expect(await sent({ action: "create_branch", branch: "next" })).toEqual([
    "POST /git/refs",
    { ref: "refs/heads/next", sha: "0123456789abcdef" },
  ])
  const file = { action: "write_file", content: "Hi ü", message: "Say hi" } as const
  expect(await sent({ ...file, path: "README.md" })).toEqual([
    "PUT /contents/README.md",
    { message: "Say hi", content: Buffer.from("Hi ü").toString("base64"), sha: "old-blob" },
  ])
  expect(await sent({ ...file, path: "docs/a b.md" })).toEqual([
    "PUT /contents/docs/a%20b.md",
    { message: "Say hi", content: Buffer.from("Hi ü").toString("base64") },
  ])
  expect(shop.write({ action: "comment", number: 7 })).rejects.toMatchObject({
    message: "comment needs body.",
  })
})

test("repositories that the settings do not name are neither read nor shown", async () => {
  await using shop = setUp({ repositories: ["acme/*"] })
  const refusal = { code: "services.out-of-bounds" }
  expect(shop.read({ what: "repository", repository: "rival/app" })).rejects.toMatchObject(refusal)
  expect(shop.write({ action: "merge", repository: "acmes/app", number: 1 })).rejects.toMatchObject(
    refusal,
  )
  const found = await search({ in: "code", query: "x", page: 1 }, shop.client, signal)
  expect(found).toContain("acme/app src/main.ts")
  expect(found).not.toContain("secret.ts")
  expect(found).toContain("[1 in repositories that")
})

test("no name of a repository or a file leads elsewhere in the API", async () => {
  await using shop = setUp()
  for (const repository of ["../user", "acme/..", "acme/app/../../user", "acme/app?x", "a b/c"])
    expect(githubRead.params.safeParse({ what: "repository", repository }).success).toBe(false)
  expect(shop.read({ what: "file", path: "../../../../user" })).rejects.toMatchObject({
    code: "services.not-found",
  })
  await shop.read({ what: "file", path: "src" })
  expect(shop.github.calls.map(({ path }) => path)).toEqual(["/repos/acme/app/contents/src"])
})

test("what GitHub refuses with is told apart", async () => {
  await using shop = setUp()
  const { github, read } = shop
  const after = async (status: number, headers: Record<string, string> = {}) => {
    github.answer(() => Response.json({ message: "No way" }, { status, headers }))
    return read({ what: "repository" }).catch((error: { code: string; message: string }) => error)
  }
  expect(await after(401)).toMatchObject({ code: "services.not-let-in" })
  expect(await after(403)).toMatchObject({
    code: "services.forbidden",
    message: expect.stringMatching(/<<<untrusted[^]*No way/),
  })
  expect(await after(403, { "x-ratelimit-remaining": "0" })).toMatchObject({
    code: "services.slow-down",
  })
  expect(await after(429, { "retry-after": "7" })).toMatchObject({
    message: "GitHub asks us to slow down; it takes calls again in 7 s.",
  })
  expect(await after(422)).toMatchObject({ code: "services.refused" })
  expect(await after(502)).toMatchObject({ code: "services.failed" })
})

test("a token may be in GH_TOKEN; without one it says so", async () => {
  await using github = fakeGitHub()
  const settings = { baseUrl: github.url }
  expect(await clientFor(settings, { GH_TOKEN: "gh-token" }).whoAmI(signal)).toBe("as mona")
  expect(clientFor(settings).whoAmI(signal)).rejects.toMatchObject({ code: "services.not-ready" })
})

test("an app signs for itself, uses a token while it lasts and gets another when it was revoked", async () => {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  })
  await using github = fakeGitHub({ publicKey: pair.publicKey })
  const privateKey = pair.privateKey.replaceAll("\n", "\\n")
  const app = { id: "12", installation: 42, privateKey }
  const client = clientFor({ app, baseUrl: github.url })
  expect(await client.whoAmI(signal)).toBe("as app 12, installation 42")
  const exchanges = () => github.calls.filter(({ path }) => path.startsWith("/app/")).length
  await client.ask("/repos/acme/app", { signal })
  await client.ask("/repos/acme/app", { signal })
  expect(exchanges()).toBe(1)
  github.revoke()
  await client.ask("/repos/acme/app", { signal })
  expect(exchanges()).toBe(2)
  const broken = clientFor({ app: { ...app, privateKey: "nonsense" }, baseUrl: github.url })
  expect(broken.whoAmI(signal)).rejects.toMatchObject({ code: "services.not-let-in" })
})
