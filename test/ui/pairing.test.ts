import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Browser } from "playwright-core"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { startGateway } from "../support/gateway.ts"
import { fromAfar } from "../support/knock.ts"

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`a browser the gateway does not know${why}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test("is turned away once, shows the command that lets it in, and goes on by itself once that was run", async () => {
    await using gateway = await startGateway({
      config: { gateway: { controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } } },
    })
    await using opened = await openPage(browser, { extraHTTPHeaders: fromAfar })
    const { page } = opened
    await page.goto(gateway.running.dashboardUrl)
    const command = page.getByText(/^fased devices approve \S+$/)
    const asked = async () => (await command.textContent())!.split(" ").at(-1)!
    await gateway.client.request("device.pair.reject", { requestId: await asked() })
    await page.getByRole("heading", { name: "This browser was turned away" }).waitFor()
    await page.getByRole("button", { name: "Try now" }).click()
    const requestId = await asked()
    await gateway.client.request("device.pair.approve", { requestId })
    await page.getByRole("textbox").waitFor()
    expect(await gateway.client.request("device.pair.list", {})).toMatchObject({
      pending: [],
      paired: [{ clientId: "fased-control-ui", platform: "web" }],
    })
  }, 30_000)
})
