import { Environment } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { service, type Services } from "../kernel/service.ts"
import { GuardedFetch } from "../net/guarded-fetch.ts"
import { WebSettings } from "../tools/web-settings.ts"
import { createExtractor, type Extractor } from "./extract.ts"
import { createPages, Pages } from "./pages.ts"
import { createSearch, Search } from "./search/search.ts"

/** Turns pages and PDFs into text. */
export const PageReader = service<Extractor>("page reader")

/** The web as tools see it. Nothing of it is loaded before it is used. */
export const provideWeb = (services: Services): void => {
  const clock = services.get(Clock)
  const guarded = services.get(GuardedFetch)
  const extractor = services.provide(PageReader, createExtractor(clock))
  const variable = (name: string) => services.get(Environment)[name]?.trim() || undefined
  const config = () => services.get(WebSettings)
  services.provide(
    Pages,
    createPages({ guarded, extractor, clock, config: () => config().fetch, key: variable }),
  )
  services.provide(
    Search,
    createSearch({ guarded, clock, config: () => config().search, variable }),
  )
}
