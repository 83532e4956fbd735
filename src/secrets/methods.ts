import * as z from "zod"
import { Environment, Paths } from "../config/paths.ts"
import { formatPath, parsePath } from "../config/path.ts"
import { Reloader } from "../config/reloader.ts"
import { Sections, Settings } from "../config/settings.ts"
import { method } from "../kernel/method.ts"
import { notFromAfar, notSecret } from "./faults.ts"
import { overridden } from "./overridden.ts"

export const reload = method({
  name: "secrets.reload",
  scope: "admin",
  summary: "Fetch every secret anew; when one cannot be had, those from before stay in use.",
  params: () => z.strictObject({}),
  result: () =>
    z.object({
      ok: z.literal(true),
      warningCount: z.int().describe("Things to look at; doctor and the log name them."),
    }),
  example: {},
  // Each call runs the commands of the providers.
  limit: { max: 12, windowMs: 60_000 },
  needs: { reloader: Reloader, settings: Settings, env: Environment },
  async handle(_, { reloader, settings, env }) {
    const { warningCount } = await reloader.reloadSecrets()
    const shadows = overridden(settings.current().refs, env).length
    return { ok: true as const, warningCount: warningCount + shadows }
  },
})

export const set = method({
  name: "secrets.set",
  scope: "admin",
  summary: "Keep a secret in fased's own file, and have its setting refer to it there.",
  params: () =>
    z.strictObject({
      path: z
        .string()
        .min(1)
        .max(512)
        .describe("The setting, such as tools.web.search.brave.apiKey."),
      value: z
        .string()
        .trim()
        .min(1)
        .max(20_000)
        .meta({ description: "The secret itself.", secret: true }),
    }),
  result: () => z.object({ ok: z.literal(true), path: z.string() }),
  example: { path: "tools.web.search.brave.apiKey", value: "example-key-0123456789" },
  emits: ["config.changed"],
  needs: { settings: Settings, sections: Sections, reloader: Reloader, paths: Paths },
  async handle({ path: written, value }, { settings, sections, reloader, paths }) {
    const [{ targetTypes, typeOf }, { changeKeeping }] = await Promise.all([
      import("./targets.ts"),
      import("./keep.ts"),
    ])
    const path = parsePath(written)
    const named = formatPath(path)
    // Who may come in is not to hang on a word somebody typed into a page.
    if (path[0] === "gateway") throw notFromAfar({ path: named })
    if (!typeOf(targetTypes(sections), path)) throw notSecret({ path: named })
    await changeKeeping(
      [{ path, value }],
      { state: settings.current(), folder: paths.state },
      (edits) => settings.change(edits, { afar: true }),
    )
    // The reference may be the one that was there: only the secret behind it is another.
    await reloader.reloadSecrets()
    await reloader.look()
    return { ok: true as const, path: named }
  },
})
