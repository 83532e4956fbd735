/** N102: a key does not follow its provider to another address by itself. */
import { expect, test } from "bun:test"
import { models } from "../../src/models/config.ts"
import type { KnownProvider } from "../../src/models/catalog.ts"
import { knownProviders } from "../../src/models/catalog.ts"
import { createStrayKeys } from "../../src/models/stray-keys.ts"

const proxy = "http://127.0.0.1:9/v1"
const key = "sk-first-0123456789abcdef"

const reading = (openai?: object) =>
  models.schema.parse({ providers: openai === undefined ? {} : { openai } })
const openai = (config: ReturnType<typeof reading>) =>
  knownProviders(config).find(({ id }) => id === "openai") as KnownProvider

const after = (env: Record<string, string>, ...readings: (object | undefined)[]) => {
  const strayKeys = createStrayKeys(env)
  const all = readings.map(reading)
  for (const [at, next] of all.entries()) if (at) strayKeys.reconfigured(all[at - 1]!, next)
  return strayKeys.refusal(openai(all.at(-1)!)) ? "refused" : "called"
}

const env = { OPENAI_API_KEY: key }

test.each([
  [
    "its address goes and its key stays",
    {},
    [{ baseUrl: proxy, apiKey: key }, { apiKey: key }],
    "refused",
  ],
  ["the same with a key of the environment", env, [{ baseUrl: proxy }, {}], "refused"],
  [
    "all of it goes, and the environment has a key",
    env,
    [{ baseUrl: proxy }, undefined],
    "refused",
  ],
  [
    "it goes and comes back without an address",
    env,
    [{ baseUrl: proxy }, undefined, {}],
    "refused",
  ],
  ["other settings change meanwhile", env, [{ baseUrl: proxy }, {}, { auth: "token" }], "refused"],
  [
    "the key changes with it",
    {},
    [{ baseUrl: proxy, apiKey: key }, { apiKey: "sk-second-0123456789" }],
    "called",
  ],
  [
    "the key changes later",
    {},
    [{ baseUrl: proxy, apiKey: key }, { apiKey: key }, { apiKey: "sk-second-0123456789" }],
    "called",
  ],
  ["an address is named again", env, [{ baseUrl: proxy }, {}, { baseUrl: `${proxy}/2` }], "called"],
  ["it moves to another address", env, [{ baseUrl: proxy }, { baseUrl: `${proxy}/2` }], "called"],
  ["it never had an address", env, [{}, { auth: "token" }], "called"],
  [
    "its headers hold the key",
    {},
    [{ baseUrl: proxy, headers: { k: key } }, { headers: { k: key } }],
    "refused",
  ],
] as const)("when %s, that is dealt with", (_, env, readings, verdict) => {
  expect(after(env, ...readings)).toBe(verdict)
})
