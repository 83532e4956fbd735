import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { Search, searchIds } from "./search/search.ts"

export const providers = method({
  name: "services.webSearch.providers",
  scope: "read",
  summary: "List the services that can search the web, and which of them would search now.",
  params: () => z.strictObject({}),
  result: () =>
    z.object({
      providers: z.array(
        z.object({
          id: z.enum(searchIds),
          label: z.string(),
          ready: z.boolean().describe("It has what it needs."),
          chosen: z.boolean().describe("It would search now."),
          setting: z.string().describe("Where the config has what it needs."),
          variables: z.array(z.string()).readonly().describe("Variables that may be in, in place."),
        }),
      ),
    }),
  example: {},
  needs: { search: Search },
  handle: (_, { search }) => ({ providers: [...search.providers()] }),
})

export const test = method({
  name: "services.webSearch.test",
  scope: "read",
  summary: "Search the web once with a service, to see whether it takes its key.",
  params: () =>
    z.strictObject({
      provider: z
        .enum(searchIds)
        .optional()
        .describe("The service; unset, the one that would search now."),
    }),
  result: () => z.object({ said: z.string(), ms: z.number() }),
  example: { provider: "searxng" },
  limit: { max: 10, windowMs: 60_000 },
  needs: { search: Search, clock: Clock },
  async handle({ provider }, { search, clock, signal }) {
    const began = clock.now()
    const said = await search.probe(provider, signal)
    return { said, ms: clock.now() - began }
  },
})
