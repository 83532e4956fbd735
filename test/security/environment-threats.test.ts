/** N100: no file decides how programs run, where traffic goes, or which instance this is. */
import { expect, test } from "bun:test"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { get } from "../../src/config/methods.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome, testToken } from "../support/gateway.ts"
import { readSources } from "../support/source-tree.ts"

const controls = `
  NODE_OPTIONS BUN_OPTIONS BUN_BE_BUN LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES PATH BASH_ENV
  GIT_SSH_COMMAND HTTPS_PROXY https_proxy SSL_CERT_FILE NODE_EXTRA_CA_CERTS OPENAI_BASE_URL
  AWS_ENDPOINT_URL FASED_STATE_DIR FASED_GATEWAY_TOKEN fased_config_path FASED_UPDATE_URL`
  .trim()
  .split(/\s+/)
const evil = "evil-0123456789-abcdef"

test("N100 a running gateway takes none of them from its config, in whatever form", async () => {
  await using gateway = await startGateway()
  const before = readFileSync(gateway.paths.config, "utf8")
  const config = JSON.parse(before)
  for (const name of controls)
    for (const block of [
      { [name]: evil },
      { vars: { [name]: evil } },
      { vars: { [name]: { source: "env", id: "USER" } } },
    ]) {
      const { hash: baseHash } = await gateway.client.call(get, {})
      const raw = JSON.stringify({ ...config, env: block })
      await expect(
        gateway.client.request("config.set", { raw, baseHash }),
        JSON.stringify(block),
      ).rejects.toThrow("is not for the config to set")
    }
  writeFileAtomic(
    gateway.paths.config,
    JSON.stringify({ ...config, env: { FASED_GATEWAY_TOKEN: evil }, logging: { level: "debug" } }),
  )
  await gateway.running.reload()
  await expect(gateway.connect({ token: evil })).rejects.toThrow()
  expect((await gateway.connect({ token: testToken })).hello).toBeDefined()
  const isBroken = async () => {
    const { config } = (await gateway.client.request("status", {})) as { config: object }
    expect(config).toMatchObject({ valid: false })
  }
  await isBroken()
  await gateway.client.request("secrets.reload", {}) // of what is in force, which the file is not
  await isBroken()
}, 20_000)

test("N100 programs it starts are given no secret of ours and nothing that steers them", async () => {
  await using home = await temporaryHome()
  const tools = join(home.path, "bin")
  mkdirSync(tools)
  const note = join(home.path, "seen")
  const script = (rest = "") =>
    `#!/bin/sh\n{ echo "== $0"; tr '\\0' '\\n' < /proc/$$/environ; } >> ${note}\n${rest}\n`
  for (const name of ["git", "tailscale"])
    writeFileSync(join(tools, name), script("echo '{}'"), { mode: 0o700 })
  const vault = join(home.path, "vault")
  writeFileSync(
    vault,
    script(`cat >/dev/null; echo '{"protocolVersion":1,"values":{"key":"vault-key-0123456789"}}'`),
    { mode: 0o700 },
  )
  const shell = join(home.path, "sh")
  writeFileSync(shell, script(), { mode: 0o700 })
  const secrets = {
    FASED_GATEWAY_TOKEN: testToken,
    FASED_GATEWAY_PASSWORD: "own-password-0123456789",
    OPENAI_API_KEY: "own-openai-0123456789",
  }
  const steering = { NODE_OPTIONS: "--x", BUN_OPTIONS: "--y", LD_AUDIT: "z", BUN_BE_BUN: "1" }
  await using gateway = await startGateway({
    home: home.path,
    env: { ...secrets, ...steering, PATH: `${tools}:${process.env.PATH}`, SHELL: shell },
    config: {
      gateway: { auth: { mode: "token" }, tailscale: { mode: "serve" } },
      env: { MINE: "own-mine-0123456789", shellEnv: { enabled: true } },
      agents: { defaults: { skipBootstrap: false } },
      models: {
        providers: {
          mine: {
            baseUrl: "http://127.0.0.1:9/v1",
            apiKey: { source: "exec", provider: "vault", id: "key" },
          },
        },
      },
      secrets: { providers: { vault: { source: "exec", command: vault } } },
    },
  })
  await gateway.client.request("agent", { message: "hi", sessionKey: "main", idempotencyKey: "1" })
  await gateway.stop()
  const seen = readFileSync(note, "utf8")
  for (const name of ["git", "tailscale", "vault", "sh"]) expect(seen).toContain(`/${name}\n`)
  expect(seen).not.toMatch(/FASED_|_OPTIONS=|^LD_|BUN_|own-|test-token|vault-key/m)
})

test("N100 nothing in the sources starts a program without saying what it is given", async () => {
  const starts = /Bun\.spawn(?:Sync)?\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g
  const found: string[] = []
  for (const { path, text } of await readSources("src"))
    for (const [call] of text.matchAll(starts))
      if (!/\benv\b/.test(call)) found.push(`${path}: ${call}`)
  expect(found).toEqual([])
})
