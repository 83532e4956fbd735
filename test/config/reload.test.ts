import { expect, test } from "bun:test"
import { parsePath } from "../../src/config/path.ts"
import { reloadOf } from "../../src/config/reload.ts"
import { sections } from "../../src/registry.ts"

test.each([
  ["gateway.port", "process"],
  ["gateway", "process"],
  ["gateway.auth", "live"],
  ["gateway.auth.token", "live"],
  ["gateway.auth.rateLimit.maxAttempts", "live"],
  ["gateway.trustedProxies", "live"],
  ["gateway.trustedProxies[0]", "live"],
  ["gateway.controlUi.allowedOrigins", "live"],
  ["gateway.tls.enabled", "process"],
  ["gateway.tls.certPath", "live"],
  ["gateway.tls", "process"],
  ["logging.level", "live"],
  ["logging.file", "live"],
  ["logging", "live"],
  ["models.providers.openai.apiKey", "live"],
  ["nothing.known", "process"],
])("a change of %s counts %s", (path, reload) => {
  expect(reloadOf(parsePath(path), sections)).toBe(reload as "live")
})
