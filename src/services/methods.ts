import * as z from "zod"
import { method } from "../kernel/method.ts"
import { Connections, states } from "./connection.ts"
import { setups } from "./setup.ts"

export const list = method({
  name: "services.list",
  scope: "read",
  summary: "List the services agents may be given, and which agents have them.",
  params: () => z.strictObject({}),
  result: () =>
    z.object({
      services: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          state: z.enum(states),
          lacks: z.string().optional().describe("What it cannot do without."),
          access: z.enum(["read", "write"]),
          agents: z.array(z.string()).readonly().describe("Agents by id; `*` for all."),
          setup: z
            .object({
              plain: z
                .record(z.string(), z.string())
                .describe("Settings, and what to ask for each."),
              secret: z.object({ setting: z.string(), prompt: z.string() }),
              hint: z.string().describe("Where a person gets the credential."),
            })
            .optional(),
        }),
      ),
    }),
  example: {},
  needs: { connections: Connections },
  handle: (_, { connections }) => ({
    services: connections.list().map((one) => {
      const { plain, secret, hint } = setups[one.id] ?? {}
      return { ...one, ...(plain && secret && hint && { setup: { plain, secret, hint } }) }
    }),
  }),
})

export const test = method({
  name: "services.test",
  scope: "admin",
  summary: "Ask a service whether it takes the credential it was given.",
  params: () =>
    z.strictObject({ id: z.string().min(1).max(64).describe("The service, as listed.") }),
  result: () =>
    z.object({
      id: z.string(),
      label: z.string(),
      said: z.string().describe("Whom the service takes this gateway for, or what it offers."),
      ms: z.number(),
    }),
  example: { id: "github" },
  limit: { max: 30, windowMs: 60_000 },
  needs: { connections: Connections },
  handle: ({ id }, { connections, signal }) => connections.test(id, signal),
})
