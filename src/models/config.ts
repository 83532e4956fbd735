import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"
import { keyVariables } from "./catalog.ts"

/** Wire formats a provider can speak. */
export const apis = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
] as const
export type Api = (typeof apis)[number]

/** How a server that people run is told to think, where it differs from its wire format's own way. */
export const thinkingFormats = ["openai", "openrouter", "zai", "qwen"] as const

const price = onFirstUse(() => z.number().min(0).default(0))

const model = onFirstUse(() =>
  z.object({
    id: z.string().min(1).describe("The model's name as the provider knows it; may contain `/`."),
    name: z.string().optional().describe("What people see in lists; default: the id."),
    reasoning: z.boolean().default(false).describe("The model can think before it answers."),
    input: z
      .array(z.enum(["text", "image"]))
      .default(["text"])
      .describe("What the model can read."),
    cost: z
      .object({
        input: price().describe("Per million tokens read."),
        output: price().describe("Per million tokens written."),
        cacheRead: price().describe("Per million tokens read from the provider's cache."),
        cacheWrite: price().describe("Per million tokens written to the provider's cache."),
      })
      .optional()
      .describe("Price in US dollars."),
    contextWindow: z
      .int()
      .positive()
      .default(128_000)
      .describe("Tokens the model can take in and give out in one call."),
    maxTokens: z
      .int()
      .positive()
      .optional()
      .describe("Longest reply to ask for, in tokens; default: the provider's own limit."),
    compat: z
      .looseObject({
        supportsReasoningEffort: z
          .boolean()
          .optional()
          .describe("False: it thinks as it likes, and is not told how hard."),
        thinkingFormat: z
          .enum(thinkingFormats)
          .optional()
          .describe("Whose words it takes for how hard to think."),
      })
      .optional()
      .describe("Where it differs from what its wire format promises."),
  }),
)
export type ModelConfig = z.infer<ReturnType<typeof model>>

const provider = onFirstUse(() =>
  z
    .object({
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe(
          "Where the provider answers, e.g. `http://127.0.0.1:8000/v1`. Needed unless the provider is built in.",
        ),
      apiKey: z.string().optional().meta({
        description: "Key sent with each call; default: the environment's `<PROVIDER>_API_KEY`.",
        secret: true,
      }),
      api: z
        .enum([...apis, "ollama"])
        .optional()
        .describe(
          "Wire format it speaks; default: the built-in provider's own, else openai-completions. `ollama` is its OpenAI-compatible one, with Ollama's own list of models.",
        ),
      auth: z
        .enum(["api-key", "token", "none"])
        .default("api-key")
        .describe(
          "How it knows the caller: `api-key` in the wire format's own header, `token` as a bearer token, `none` for a server that asks for nothing.",
        ),
      authHeader: z
        .boolean()
        .default(false)
        .describe(
          "Send the key as `Authorization: Bearer`, whatever the wire format's own header is.",
        ),
      headers: z
        .record(z.string(), z.string().meta({ description: "The header's value.", secret: true }))
        .default({})
        .describe("More HTTP headers for each call."),
      request: z
        .object({
          allowPrivateNetwork: z
            .boolean()
            .default(true)
            .describe("Allow a `baseUrl` that leads to this machine or a private network."),
        })
        .prefault({})
        .describe("What calls to this provider may do."),
      models: z
        .array(model())
        .default([])
        .describe("The models it offers. Empty: any name is passed on."),
    })
    .describe("Where one provider is, how it knows us, and what it offers."),
)
export type ProviderConfig = z.infer<ReturnType<typeof provider>>

export const models = section({
  id: "models",
  summary: "Language models and where they are.",
  reload: "live",
  variables: keyVariables,
  schema: () =>
    z.object({
      mode: z
        .enum(["merge", "replace"])
        .default("merge")
        .describe("`merge`: these providers and the built-in ones. `replace`: only these."),
      providers: z
        .record(
          z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, "use letters, digits, `.`, `_` and `-`"),
          provider(),
        )
        .default({})
        .describe("Model providers by id, e.g. `openai`, or a name of your own with a `baseUrl`."),
      timeouts: z
        .object({
          answerSeconds: z
            .number()
            .positive()
            .default(180)
            .describe("How long a provider may take to begin its answer."),
          silenceSeconds: z
            .number()
            .positive()
            .default(120)
            .describe("How long a provider may fall silent in mid-answer."),
        })
        .prefault({})
        .describe("When to give up on a provider."),
    }),
})
export type ModelsConfig = z.infer<typeof models.schema>
