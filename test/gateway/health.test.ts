import { expect, test } from "bun:test"
import { health } from "../../src/gateway/methods.ts"
import { startGateway } from "../support/gateway.ts"

test("health answers with the sessions of the default agent", async () => {
  await using gateway = await startGateway()

  const snapshot = await gateway.client.call(health, {})
  expect(snapshot).toMatchObject({ ok: true, defaultAgentId: "main", sessions: { count: 0 } })
})
