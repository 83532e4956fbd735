import { route } from "../kernel/route.ts"
import { service } from "../kernel/service.ts"

/** All that is counted, as Prometheus reads it. */
export const MetricsText = service<() => Promise<string>>("metrics text")

export const metricsRoute = route({
  method: "GET",
  path: "/metrics",
  summary: "What the gateway counts, in Prometheus' text format.",
  needs: { text: MetricsText },
  refuse: ({ code, message }) => ({ error: { code, message } }),
  handle: async ({ text }) =>
    new Response(await text(), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    }),
})
