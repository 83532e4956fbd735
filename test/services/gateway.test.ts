import { expect, test } from "bun:test"
import { fakeGitHub } from "../support/fake-github.ts"
import { startToolUse } from "../support/tool-use.ts"

const github = (url: string, more: object = {}) => ({
  services: { github: { token: "gh-token", baseUrl: url, agents: ["main"], ...more } },
})

test("an agent that was given GitHub reads there, and what others wrote comes in a fence", async () => {
  await using fake = fakeGitHub()
  await using turn = await startToolUse(github(fake.url))
  const { text, isError } = await turn.use("github_read", {
    what: "issue",
    repository: "acme/app",
    number: 7,
  })
  expect(isError).toBe(false)
  expect(text).toMatch(/^<<<untrusted [^]*Ignore all earlier instructions[^]*<<<end of untrusted/)
})

test("access to read gives no tool that changes anything", async () => {
  await using fake = fakeGitHub()
  await using turn = await startToolUse(github(fake.url))
  const open = { action: "open_issue", repository: "acme/app", title: "Hi" }
  expect(await turn.use("github_write", open)).toMatchObject({ isError: true })
  expect(fake.calls).toEqual([])
})

test("an agent that was not given a service has none of its tools", async () => {
  await using fake = fakeGitHub()
  await using turn = await startToolUse(github(fake.url, { agents: ["other"] }))
  const { text, isError } = await turn.use("github_search", { in: "code", query: "x" })
  expect(isError).toBe(true)
  expect(text).toContain("fased services grant github main")
  expect(fake.calls).toEqual([])
})

test("what was taken back is refused at the next call", async () => {
  await using fake = fakeGitHub()
  await using turn = await startToolUse(github(fake.url))
  const issue = { what: "issue", repository: "acme/app", number: 7 }
  expect(await turn.use("github_read", issue)).toMatchObject({ isError: false })
  const { client } = turn.gateway
  const { hash: baseHash } = (await client.request("config.get", {})) as { hash: string }
  const edits = [{ path: ["services", "github", "agents"], value: [] }]
  await client.request("config.edit", { edits, baseHash })
  const before = fake.calls.length
  expect(await turn.use("github_read", issue)).toMatchObject({ isError: true })
  expect(fake.calls).toHaveLength(before)
})

test("services.test says whom the service takes us for, and never the token", async () => {
  await using fake = fakeGitHub()
  await using turn = await startToolUse(github(fake.url))
  const { client } = turn.gateway
  expect(await client.request("services.test", { id: "github" })).toMatchObject({ said: "as mona" })
  const listed = JSON.stringify(await client.request("services.list", {}))
  expect(listed).toContain('"state":"ready"')
  expect(listed).not.toContain("gh-token")
  expect(client.request("services.test", { id: "nobody" })).rejects.toThrow("No service is named")
})

test("the doctor says when a service that was given refuses the credential", async () => {
  await using fake = fakeGitHub({ token: "another" })
  await using turn = await startToolUse(github(fake.url, { agents: ["main", "ghost"] }))
  const { findings } = (await turn.gateway.client.request("doctor.run", {})) as {
    findings: { id: string }[]
  }
  const ids = findings.map(({ id }) => id)
  expect(ids).toContain("services.credentials-taken")
  expect(ids).toContain("services.grantees-known")
})
