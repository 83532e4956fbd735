import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"
import { responsesEndpoint } from "./responses-config.ts"

/** Settings of `gateway.http.endpoints`. */
export const endpoints = onFirstUse(() =>
  z
    .object({
      chatCompletions: z
        .object({
          enabled: z
            .boolean()
            .default(false)
            .describe("Serve /v1/chat/completions, /v1/models and /v1/embeddings."),
          maxBodyBytes: z
            .int()
            .min(1000)
            .max(100_000_000)
            .default(20_000_000)
            .describe("Longest body of a request, in bytes; pictures come inside."),
          maxUrlParts: z
            .int()
            .min(0)
            .max(64)
            .default(8)
            .describe("Pictures of one request that may come as an address."),
        })
        .prefault({})
        .describe("The OpenAI chat API."),
      responses: responsesEndpoint(),
    })
    .prefault({})
    .describe("HTTP APIs, each off unless enabled."),
)
export type EndpointsConfig = z.infer<ReturnType<typeof endpoints>>

/** The settings as they are now. */
export const Endpoints = service<EndpointsConfig>("http endpoints")
