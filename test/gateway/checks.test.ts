import { expect, test } from "bun:test"
import { apisServed } from "../../src/gateway/checks.ts"
import { gateway } from "../../src/gateway/config.ts"

const detect = (http: object) => apisServed.detect({ gateway: gateway.schema.parse({ http }) })

test("an HTTP API that is asked for and not served is told", async () => {
  expect(await detect({})).toBeNull()
  expect(await detect({ endpoints: { chatCompletions: { enabled: true } } })).toEqual({
    path: "/v1/chat/completions",
  })
})
