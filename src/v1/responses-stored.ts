/** Responses that were stored, for those whose they are. */
import * as z from "zod"
import { accountOf } from "../agent/requests.ts"
import { route } from "../kernel/route.ts"
import { Endpoints } from "./config.ts"
import { badRequest } from "./faults.ts"
import { openAiError } from "./refusal.ts"
import { pageOf, toItems } from "./responses-items.ts"
import { ResponseMemory } from "./responses-memory.ts"
import { responseShape } from "./responses-object.ts"

const stored = {
  needs: { endpoints: Endpoints, memory: ResponseMemory },
  enabled: ({ endpoints }: { endpoints: { responses: { enabled: boolean } } }) =>
    endpoints.responses.enabled,
  refuse: openAiError,
}

export const readResponse = route({
  ...stored,
  method: "GET",
  path: "/v1/responses/:id",
  summary: "A response that was stored.",
  result: responseShape,
  handle: async ({ params, caller, memory }) =>
    Response.json(await memory.find(params.id!, { caller: accountOf(caller) })),
})

export const deleteResponse = route({
  ...stored,
  method: "DELETE",
  path: "/v1/responses/:id",
  summary: "Forget a response that was stored.",
  result: () =>
    z.object({ id: z.string(), object: z.literal("response"), deleted: z.literal(true) }),
  async handle({ params, caller, memory }) {
    const id = params.id!
    await memory.remove(id, { caller: accountOf(caller) })
    return Response.json({ id, object: "response", deleted: true })
  },
})

const pictures = "message.input_image.image_url"

export const listInputItems = route({
  ...stored,
  method: "GET",
  path: "/v1/responses/:id/input_items",
  summary: "What a stored response answered: all of the conversation before it.",
  result: () =>
    z.object({
      object: z.literal("list"),
      data: z.array(z.unknown()),
      first_id: z.string().nullable(),
      last_id: z.string().nullable(),
      has_more: z.boolean(),
    }),
  async handle({ params, caller, memory, request }) {
    const { searchParams: asked } = new URL(request.url)
    const limit = Number(asked.get("limit") ?? 20)
    const order = asked.get("order") ?? "desc"
    if (!Number.isInteger(limit) || limit < 1 || limit > 100)
      throw badRequest({ param: "limit", problem: "give a number from 1 to 100" })
    if (order !== "asc" && order !== "desc")
      throw badRequest({ param: "order", problem: "give asc or desc" })
    const heard = await memory.heard(params.id!, { caller: accountOf(caller) })
    const include = [...asked.getAll("include"), ...asked.getAll("include[]")]
    const items = heard.flatMap((one) => toItems(one, { pictures: include.includes(pictures) }))
    return Response.json(pageOf(items, { limit, order, after: asked.get("after") ?? undefined }))
  },
})
