import { expect, test } from "bun:test"
import { agents as section } from "../../src/agents/config.ts"
import { beatsOf } from "../../src/heartbeat/beat.ts"
import { unhurried } from "../../src/heartbeat/unhurried.ts"
import type { Way } from "../../src/models/auth/ways.ts"

const minutes = (defaults: object, way: Partial<Way>) => {
  const config = section.schema.parse({ defaults })
  const models = { ways: () => [way as Way], defaultRef: () => "openai/gpt" }
  return unhurried(beatsOf(config)[0]!, config, models).everyMs / 60_000
}
const claude = { model: "anthropic/claude" }

test.each([
  ["half an hour is usual", {}, { subscription: true as const }, 30],
  ["so it is with a key", claude, {}, 30],
  ["an hour where Anthropic is paid by the month", claude, { subscription: true as const }, 60],
  [
    "unless said otherwise",
    { ...claude, heartbeat: { every: "30m" } },
    { subscription: true as const },
    30,
  ],
  ["a bare number is minutes", { heartbeat: { every: 10 } }, {}, 10],
])("%s", (_, defaults, way, expected) => expect(minutes(defaults, way)).toBe(expected))
