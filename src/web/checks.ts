import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { WebSettings } from "../tools/web-settings.ts"
import { Search } from "./search/search.ts"

export const searchReady = check({
  id: "web.search-ready",
  title: "The service chosen for searching the web can be asked",
  severity: "warn",
  after: [configValid],
  needs: { web: WebSettings, search: Search },
  detect({ web, search }) {
    const { enabled, provider } = web.search
    return enabled && provider && !search.ready() ? { provider } : null
  },
  explain: ({ provider }) =>
    `tools.web.search.provider is ${provider}, which lacks what it needs, so agents cannot search the web. ${
      provider === "searxng"
        ? "Say where it is: fased config set tools.web.search.searxng.baseUrl https://…"
        : `Give it a key: fased secrets set tools.web.search.${provider}.apiKey`
    }`,
})
