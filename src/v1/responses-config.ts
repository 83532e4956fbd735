import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

const hosts = onFirstUse(() =>
  z
    .array(z.string().regex(/^(?:\*\.)?[a-z0-9.-]+$/i, "use a host, or *. and a host"))
    .optional()
    .describe(
      "Only these hosts are fetched from: `example.com`, or `*.example.com` for all below it.",
    ),
)

/** What may come by address, and how much of it. */
const fetched = <const Type extends string>(
  what: string,
  { types, maxBytes }: { types: readonly Type[]; maxBytes: number },
) => ({
  allowUrl: z.boolean().default(true).describe(`Fetch ${what} that come as an address.`),
  urlAllowlist: hosts(),
  allowedMimes: z
    .array(z.enum(types))
    .default([...types])
    .describe(`Types of ${what} taken.`),
  maxBytes: z.int().min(1).max(20_000_000).default(maxBytes).describe("Bytes of one."),
  maxRedirects: z.int().min(0).max(10).default(3).describe("Redirects followed."),
  timeoutMs: z.int().min(100).max(120_000).default(10_000).describe("How long fetching may take."),
})

const fileTypes = [
  "text/plain",
  "text/markdown",
  "text/html",
  "text/csv",
  "application/json",
  "application/pdf",
] as const
export type FileType = (typeof fileTypes)[number]

const imageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"] as const

/** Settings of POST /v1/responses. */
export const responsesEndpoint = onFirstUse(() =>
  z
    .object({
      enabled: z.boolean().default(false).describe("Serve /v1/responses."),
      maxBodyBytes: z
        .int()
        .min(1000)
        .max(100_000_000)
        .default(20_000_000)
        .describe("Longest body of a request, in bytes."),
      maxUrlParts: z
        .int()
        .min(0)
        .max(64)
        .default(8)
        .describe("Files and pictures of one request that may come as an address."),
      files: z
        .object({
          ...fetched("files", { types: fileTypes, maxBytes: 5_242_880 }),
          maxChars: z
            .int()
            .min(100)
            .max(2_000_000)
            .default(200_000)
            .describe("Characters of one file that the model reads."),
        })
        .prefault({})
        .describe("Files that come with a request."),
      images: z
        .object(fetched("pictures", { types: imageTypes, maxBytes: 10_485_760 }))
        .prefault({})
        .describe("Pictures that come with a request."),
    })
    .prefault({})
    .describe("The OpenAI Responses API."),
)
export type ResponsesConfig = z.infer<ReturnType<typeof responsesEndpoint>>
