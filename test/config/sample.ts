import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { z } from "zod"
import { section } from "../../src/kernel/section.ts"

/** Sections with one of every kind of setting, as the real ones have them. */
export const gateway = section({
  id: "gateway",
  summary: "The one port.",
  reload: "process",
  schema: z.object({
    port: z.int().min(1).max(65535).default(18789).describe("Port to listen on."),
    mode: z.enum(["local", "remote"]).optional().describe("Where the gateway runs."),
    bind: z.enum(["loopback", "lan", "tailnet"]).default("loopback").describe("Who can connect."),
    auth: z
      .object({
        mode: z.enum(["token", "password"]).default("token").describe("How to sign in."),
        token: z.string().min(1).optional().meta({ description: "Sign-in token.", secret: true }),
        password: z.string().optional().meta({ description: "Password.", secret: true }),
        pin: z.int().optional().meta({ description: "A number that is secret.", secret: true }),
      })
      .prefault({}),
    hsts: z
      .union([z.literal(false), z.string()])
      .optional()
      .describe("Header, or false."),
    trustedProxies: z.array(z.ipv4()).default([]).describe("Proxies to believe."),
  }),
})

export const models = section({
  id: "models",
  summary: "Model providers.",
  reload: "live",
  schema: z.object({
    providers: z
      .record(
        z.string(),
        z.object({
          baseUrl: z.url().describe("Where the provider is."),
          apiKey: z.string().optional().meta({ description: "Key.", secret: true }),
          headers: z.record(z.string(), z.string()).default({}).describe("Extra headers."),
        }),
      )
      .default({})
      .describe("Providers by name."),
  }),
})

export const agents = section({
  id: "agents",
  summary: "Agents.",
  reload: "live",
  schema: z.object({
    model: z
      .union([
        z.string(),
        z.object({ primary: z.string(), fallbacks: z.array(z.string()).default([]) }),
      ])
      .optional()
      .describe("Model, or model and fallbacks."),
    list: z
      .array(z.object({ id: z.string().regex(/^[a-z]+$/), name: z.string().optional() }))
      .default([])
      .describe("The agents."),
    extra: z.looseObject({}).optional().describe("Anything at all."),
  }),
})

export const sections = [gateway, models, agents]

/** A temporary folder that goes away with the test. */
export const temporaryFolder = (files: Record<string, string> = {}) => {
  const path = mkdtempSync(join(tmpdir(), "fased-config-"))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
