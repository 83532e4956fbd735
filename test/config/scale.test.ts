import { expect, test } from "bun:test"
import { judgeConfig, withSecrets } from "../../src/config/load.ts"
import { sections } from "./sample.ts"

const count = 500

const config = {
  gateway: { port: 1, auth: { token: "${TOKEN}" } },
  models: {
    providers: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `p${index}`,
        {
          baseUrl: "https://p.example/v1",
          apiKey: { source: "env", id: `KEY_${index}` },
          headers: { "X-A": "a", "X-B": "b", "X-C": "c" },
        },
      ]),
    ),
  },
  agents: {
    list: Array.from({ length: count }, (_, index) => ({
      id: "a",
      name: `Agent ${index} of \${TOKEN}`,
    })),
    extra: { notes: Array.from({ length: count }, (_, index) => ({ index, text: "n" })) },
  },
}

for (const [path, text] of [
  ["fased.json", JSON.stringify(config, null, 2)],
  ["fased.yaml", Bun.YAML.stringify(config, null, 2)],
] as const)
  test(`${count} agents, as many references and 5,000 lines load at once (${path})`, async () => {
    expect(text.split("\n").length).toBeGreaterThan(5000)
    const times: number[] = []
    for (let round = 0; round < 5; round++) {
      const started = performance.now()
      const state = await judgeConfig(text, { path, sections, env: { TOKEN: "t" } })
      const secrets = new Map(state.refs.map(({ path }) => [path, "secret"]))
      expect(withSecrets(state, secrets, sections).values).toBeDefined()
      times.push(performance.now() - started)
    }
    // Some twenty times what it takes, which anything quadratic is beyond.
    expect(Math.min(...times)).toBeLessThan(500)
  })
