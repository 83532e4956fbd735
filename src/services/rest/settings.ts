import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { grant, type Granted } from "../grant.ts"

const connector = onFirstUse(() =>
  z
    .strictObject({
      ...grant(),
      document: z
        .string()
        .regex(/^(?:https?:\/\/|~?\/)\S+$/, "must be a whole address or path")
        .optional()
        .describe("Its OpenAPI document, version 3: an address, or a file in JSON or YAML."),
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("Where the API is; unset, where the document says."),
      token: z.string().min(1).optional().meta({
        description: "Credential, sent with each call.",
        secret: true,
      }),
      tokenIn: z.enum(["header", "query"]).default("header").describe("Where it is sent."),
      tokenName: z
        .string()
        .regex(/^[\w-]{1,64}$/, "use letters, digits, `-` and `_`")
        .default("Authorization")
        .describe("Name of that header or query parameter."),
      tokenPrefix: z
        .string()
        .max(32)
        .default("Bearer ")
        .describe("What stands before it in a header."),
      operations: z
        .array(z.string().trim().min(1))
        .default([])
        .describe("Only these operations, by id, with *. Empty: all of them."),
    })
    .describe("One API."),
)

export const restSettings = onFirstUse(() =>
  z
    .record(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/i, "use letters, digits, `-` and `_`")
        .refine(
          (name) => !["github", "google", "gmail", "calendar"].includes(name),
          "is the name of a service already",
        ),
      connector(),
    )
    .default({})
    .describe("APIs that an OpenAPI document describes, by a name of your own."),
)
export type RestSettings = z.infer<ReturnType<typeof connector>>

export const restGrant = (id: string, settings: RestSettings): Granted => ({
  at: `services.rest.${id}`,
  id,
  grant: settings,
  lacks: settings.document ? undefined : "a document",
})
