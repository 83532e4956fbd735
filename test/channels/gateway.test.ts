import { expect, test } from "bun:test"
import { startGateway } from "../support/gateway.ts"

test("a gateway without channels loads nothing for them and is ready", async () => {
  await using gateway = await startGateway()
  const response = await fetch(new URL("/readyz", gateway.running.url))
  expect(response.status).toBe(200)
})
