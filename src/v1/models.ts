import * as z from "zod"
import { agents, type AgentsConfig, listAgents } from "../agents/config.ts"
import { route } from "../kernel/route.ts"
import { Models } from "../models/service.ts"
import { Endpoints } from "./config.ts"
import { unknownModel } from "./faults.ts"
import { openAiError } from "./refusal.ts"

const modelShape = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.int(),
  owned_by: z.string(),
})

const shared = {
  method: "GET" as const,
  needs: { endpoints: Endpoints, agents, models: Models },
  enabled: ({ endpoints }: { endpoints: { chatCompletions: { enabled: boolean } } }) =>
    endpoints.chatCompletions.enabled,
  refuse: openAiError,
}

export const listModels = route({
  ...shared,
  path: "/v1/models",
  summary: "Every name that a request may give as its model: agents first, then models.",
  result: () => z.object({ object: z.literal("list"), data: z.array(modelShape) }),
  handle: ({ agents, models }) => Response.json({ object: "list", data: all(agents, models) }),
})

export const getModel = route({
  ...shared,
  path: "/v1/models/:id{.+}",
  summary: "One of them.",
  result: modelShape,
  handle({ params, agents, models }) {
    const found = all(agents, models).find(({ id }) => id === params.id)
    if (!found) throw unknownModel({ model: params.id! })
    return Response.json(found)
  },
})

const all = (agents: AgentsConfig, models: Models) => [
  toModel("fased", "fased"),
  ...listAgents(agents).map(({ id }) => toModel(`fased/${id}`, "fased")),
  ...models
    .choices()
    .filter(({ available }) => available)
    .map(({ provider, id, createdAt }) => toModel(`${provider}/${id}`, provider, createdAt)),
]

const toModel = (id: string, owner: string, createdAt = 0) => ({
  id,
  object: "model" as const,
  created: Math.floor(createdAt / 1000),
  owned_by: owner,
})
