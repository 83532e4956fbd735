/** The frame around every page, and every page in it, in Chromium against a real gateway. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Browser, Page } from "playwright-core"
import { readBundle } from "../../src/gateway/ui-bundle.ts"
import { pages } from "../../src/ui/routes.ts"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { livelyGateway, type LivelyGateway } from "../support/lively-gateway.ts"

const axeSource = await Bun.file(require.resolve("axe-core/axe.min.js")).text()

/** What axe finds that is serious, in a line each. */
const seriousFindings = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; impact: string; nodes: { html: string }[] }[]
        }>
      }
    }
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)
  })
}

/** Every page, and what lies below it. */
const places = pages.flatMap(({ path, views = [] }) => [
  path,
  ...views.map((view) => `${path}/${view}`),
])

const heading = (page: Page) => page.locator("[data-page-title]").first()
const settled = async (page: Page) => {
  await page.getByRole("status", { name: "Connected" }).waitFor()
  await heading(page).waitFor()
  await page.locator(".loading, .progress").first().waitFor({ state: "detached" })
  await page.waitForLoadState("networkidle")
}

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`the frame${why}`, () => {
  let browser: Browser
  let gateway: LivelyGateway
  beforeAll(async () => {
    browser = await launchBrowser()
    gateway = await livelyGateway()
    await gateway.askForApproval()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await gateway?.[Symbol.asyncDispose]()
  }, 30_000)

  test("every page opens by its own address and by the navigation, without a complaint", async () => {
    await using scene = await openPage(browser)
    const { page } = scene
    await page.goto(gateway.dashboardUrl)
    await settled(page)
    for (const { title, path } of pages.toReversed()) {
      const link = page.getByRole("navigation", { name: "Pages" }).getByText(title, { exact: true })
      await link.click()
      await page.locator(`.pages a[aria-current]`, { hasText: title }).waitFor()
      await settled(page)
      expect(new URL(page.url()).pathname).toBe(`/${path}`)
      const text = await heading(page).textContent()
      await page.reload()
      await settled(page)
      expect(await heading(page).textContent()).toBe(text)
    }
    expect(scene.complaints).toEqual([])
    expect([...scene.hosts]).toEqual([new URL(gateway.url).host])
  }, 60_000)

  for (const colorScheme of ["light", "dark"] as const)
    test(`axe finds nothing serious on any page, in ${colorScheme}`, async () => {
      await using scene = await openPage(browser, { bypassCSP: true, colorScheme })
      const { page } = scene
      await page.goto(gateway.dashboardUrl)
      await settled(page)
      for (const path of places) {
        await page.goto(gateway.url + path)
        await settled(page)
        expect({ path, found: await seriousFindings(page) }).toEqual({ path, found: [] })
      }
    }, 90_000)

  test("nothing is wider than a phone", async () => {
    await using scene = await openPage(browser, { viewport: { width: 360, height: 740 } })
    const { page } = scene
    await page.goto(gateway.dashboardUrl)
    await settled(page)
    for (const path of places) {
      await page.goto(gateway.url + path)
      await settled(page)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect({ path, width }).toEqual({ path, width: 360 })
    }
  }, 60_000)

  test("the keyboard finds the content, and another page begins with its heading", async () => {
    await using scene = await openPage(browser)
    const { page } = scene
    await page.goto(`${gateway.dashboardUrl}`)
    await settled(page)
    await page.goto(`${gateway.url}overview`)
    await settled(page)
    await page.keyboard.press("Tab")
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    expect(await focused()).toBe("Skip to the content")
    await page.keyboard.press("Enter")
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content")
    await page.getByRole("link", { name: "Devices" }).press("Enter")
    await page.waitForFunction(() => document.activeElement?.textContent === "Devices")
    expect(await page.title()).toBe("Devices · fased")
    await page.goBack()
    await page.waitForFunction(() => document.activeElement?.textContent === "Overview")
  }, 30_000)

  test("light and dark follow the system until the person chooses, and the choice stays", async () => {
    await using scene = await openPage(browser, { colorScheme: "dark" })
    const { page } = scene
    await page.goto(gateway.dashboardUrl)
    await settled(page)
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const dark = await paper()
    await page.getByRole("button", { name: "Light", exact: true }).click()
    const light = await paper()
    expect(light).not.toBe(dark)
    await page.reload()
    await settled(page)
    expect(await paper()).toBe(light)
    expect(scene.complaints).toEqual([])
  }, 30_000)

  test("the first screen is small, and the page can be installed", async () => {
    await using scene = await openPage(browser)
    const { page } = scene
    const loaded = new Set<string>()
    page.on("response", (response) => loaded.add(new URL(response.url()).pathname.slice(1)))
    await page.goto(gateway.dashboardUrl)
    await settled(page)
    const files = await readBundle()
    const sizes = files
      .filter(({ name }) => loaded.has(name) || name === "index.html")
      .map(({ bytes }) => Bun.gzipSync(bytes).byteLength)
    expect(sizes.length).toBeGreaterThan(3)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000)

    const href = await page.locator("link[rel=manifest]").getAttribute("href")
    const response = await fetch(new URL(href!, gateway.url))
    const manifest = (await response.json()) as { start_url: string; icons: { src: string }[] }
    expect(manifest.start_url).toBe("./")
    const icon = await fetch(new URL(manifest.icons[0]!.src, response.url))
    expect(icon.headers.get("content-type")).toContain("image/svg+xml")
  }, 30_000)
})
