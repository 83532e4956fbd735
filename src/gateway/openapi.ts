import * as z from "zod"
import type { AnyRoute } from "../kernel/route.ts"

const jsonOf = (schema: z.ZodType) => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })
  return json
}
const content = (schema: object) => ({ "application/json": { schema } })

/** Routes that are no declarations: they answer before anything else is there. */
const probes = {
  "/healthz": {
    get: {
      operationId: "getHealthz",
      summary: "Whether the process answers at all.",
      security: [],
      responses: { 200: { description: "It does." } },
    },
  },
  "/readyz": {
    get: {
      operationId: "getReadyz",
      summary: "Whether it takes work: started, not draining, not held up.",
      security: [],
      responses: { 200: { description: "It does." }, 503: { description: "Not now." } },
    },
  },
}

/** The OpenAPI 3.1 document of these routes, from the schemas that check them. */
export const openApiOf = (routes: readonly AnyRoute[], version: string) => ({
  openapi: "3.1.0",
  info: {
    title: "fased",
    version,
    summary: "HTTP on the gateway's port.",
    description:
      "Unless a path says otherwise, send `Authorization: Bearer <gateway token>`. A secret in an address is refused. Endpoints that are switched off answer 404.",
  },
  security: [{ gateway: [] }],
  components: {
    securitySchemes: {
      gateway: { type: "http", scheme: "bearer", description: "The gateway's token or password." },
    },
  },
  paths: {
    ...probes,
    ...Object.fromEntries(
      [...Map.groupBy(routes, ({ path }) => path)].map(([path, served]) => [
        path.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}"),
        Object.fromEntries(served.map((route) => [route.method.toLowerCase(), operationOf(route)])),
      ]),
    ),
  },
})
export type OpenApi = ReturnType<typeof openApiOf>

const operationOf = (route: AnyRoute) => {
  const { method, path, summary, body, result, authorize, refuse } = route
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!)
  const example = refuse({ status: 400, code: "code", message: "What is wrong, and what to do." })
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^a-z0-9]+(\w)?/gi, (_, first = "") => first.toUpperCase())}`,
    summary,
    ...(authorize && { security: [] }),
    ...(names.length && {
      parameters: names.map((name) => ({
        name,
        in: "path",
        required: true,
        schema: { type: "string" },
      })),
    }),
    ...(body && { requestBody: { required: true, content: content(jsonOf(body)) } }),
    responses: {
      200: { description: "Done.", ...(result && { content: content(jsonOf(result)) }) },
      default: {
        description: "Refused or failed.",
        content: { "application/json": { schema: { type: "object" }, example } },
      },
    },
  }
}
