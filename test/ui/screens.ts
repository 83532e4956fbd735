/**
 * Takes a picture of every page, in light, dark and at phone width:
 *
 *     bun test/ui/screens.ts <folder> [page …]
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { pages } from "../../src/ui/routes.ts"
import { launchBrowser, openPage } from "../support/browser.ts"
import { livelyGateway } from "../support/lively-gateway.ts"
import type { LivelyGateway } from "../support/lively-gateway.ts"

const looks: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light", viewport: { width: 1320, height: 860 } },
  dark: { colorScheme: "dark", viewport: { width: 1320, height: 860 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
}

const settled = async (page: Page) => {
  await page.getByRole("status", { name: "Connected" }).waitFor()
  await page.locator("[data-page-title]").first().waitFor()
  await page.waitForLoadState("networkidle")
  await page.locator(".loading, .progress").first().waitFor({ state: "detached" })
}

const photograph = async (
  browser: Browser,
  gateway: LivelyGateway,
  [look, options]: [string, BrowserContextOptions],
  { folder, wanted }: { folder: string; wanted: ReadonlySet<string> },
) => {
  await using scene = await openPage(browser, options)
  const { page, complaints } = scene
  await page.goto(gateway.dashboardUrl)
  await settled(page)
  for (const { path, title, views = [] } of pages) {
    if (wanted.size && !wanted.has(path || "chat")) continue
    for (const place of [path, ...views.map((view) => `${path}/${view}`)]) {
      await page.goto(gateway.url + place)
      await settled(page)
      const name = place === path ? title.toLowerCase() : place.replaceAll("/", "-")
      await page.screenshot({ path: join(folder, `${name}-${look}.png`) })
    }
  }
  if (complaints.length) console.error(`${look}: ${complaints.join("\n")}`)
}

const [folder = "screens", ...wanted] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
await using gateway = await livelyGateway()
await gateway.askForApproval()
const browser = await launchBrowser()
for (const look of Object.entries(looks))
  await photograph(browser, gateway, look, { folder, wanted: new Set(wanted) })
await browser.close()
console.log(`Pictures of the pages are in ${folder}.`)
