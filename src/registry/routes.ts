/** Every HTTP route besides the probes and the Control UI. */
import { deliverToChannel } from "../channels/routes.ts"
import { metricsRoute } from "../gateway/metrics-route.ts"
import { openApiDocument, openApiPage } from "../gateway/openapi-routes.ts"
import { invokeTool } from "../gateway/tools-route.ts"
import type { AnyRoute } from "../kernel/route.ts"
import { chatCompletions } from "../v1/chat.ts"
import { createEmbeddings } from "../v1/embeddings.ts"
import { getModel, listModels } from "../v1/models.ts"
import { deleteResponse, listInputItems, readResponse } from "../v1/responses-stored.ts"
import { responses } from "../v1/responses.ts"
import { receiveHook } from "../webhooks/routes.ts"

export const routes: readonly AnyRoute[] = [
  invokeTool,
  metricsRoute,
  openApiDocument,
  openApiPage,
  chatCompletions,
  listModels,
  getModel,
  createEmbeddings,
  responses,
  readResponse,
  deleteResponse,
  listInputItems,
  receiveHook,
  deliverToChannel,
]
