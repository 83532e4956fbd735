import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"

const name = onFirstUse(() =>
  z
    .string()
    .regex(
      /^[a-z][a-z0-9_-]{0,63}$/,
      "use lower-case letters, digits, `-` and `_`, a letter first",
    ),
)

const milliseconds = onFirstUse(() => z.int().min(1).max(120_000))

/** Variables that steer a program rather than tell it something, and our own: never passed on. */
const isSteering = (variable: string) => /^(?:BUN|NODE|LD|DYLD|FASED)_/i.test(variable)

const environment = onFirstUse(() =>
  z.object({
    source: z.literal("env").describe("Environment variables of the gateway."),
    allowlist: z
      .array(z.string().regex(/^[A-Z][A-Z0-9_]{0,127}$/, "is not the name of a variable"))
      .optional()
      .describe("The only variables it may read; default: all."),
  }),
)

const file = onFirstUse(() =>
  z.object({
    source: z.literal("file").describe("A file that only its owner can read."),
    path: z
      .string()
      .regex(/^(?:\/|~\/)/, "must begin with / or ~/")
      .describe("Where the file is; its mode must be 0600 or 0400."),
    mode: z
      .enum(["json", "singleValue"])
      .default("json")
      .describe("`json`: ids are JSON pointers into it. `singleValue`: the file is the secret."),
    timeoutMs: milliseconds().default(5_000).describe("How long reading it may take."),
  }),
)

const exec = onFirstUse(() =>
  z.object({
    source: z.literal("exec").describe("A command that answers for a password manager or vault."),
    command: z
      .string()
      .regex(/^\//, "must be an absolute path")
      .describe("Absolute path of the command; it is run without a shell."),
    args: z.array(z.string()).default([]).describe("Its arguments."),
    passEnv: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a variable")
          .refine((variable) => !isSteering(variable), {
            error: "may not be BUN_*, NODE_*, LD_*, DYLD_* or FASED_*: those are not passed on",
          }),
      )
      .default([])
      .describe("Variables it gets of the gateway's environment; without these only a plain PATH."),
    allowSymlinkCommand: z
      .boolean()
      .default(false)
      .describe("Allow `command` to be a link, as Homebrew makes them."),
    trustedDirs: z
      .array(z.string().regex(/^(?:\/|~\/)/, "must begin with / or ~/"))
      .optional()
      .describe("Folders you vouch for; when set, the command must lie in one of them."),
    jsonOnly: z
      .boolean()
      .default(true)
      .describe("`false`: for one id the command may print the bare secret instead of JSON."),
    timeoutMs: milliseconds().default(5_000).describe("How long it may run."),
    noOutputTimeoutMs: milliseconds().default(5_000).describe("How long it may stay silent."),
    maxOutputBytes: z
      .int()
      .min(256)
      .max(16_777_216)
      .default(1_048_576)
      .describe("Longest answer in bytes."),
  }),
)

const provider = onFirstUse(() =>
  z
    .discriminatedUnion("source", [environment(), file(), exec()])
    .describe("One place where secrets are kept."),
)

export const secrets = section({
  id: "secrets",
  summary: "Where secrets come from that the config only refers to.",
  reload: "live",
  schema: () =>
    z.object({
      providers: z
        .record(name(), provider())
        .default({})
        .describe(
          "Places secrets are kept, by name. `default` is there for `env`, and for `file` as `secrets.json` in the state folder.",
        ),
      defaults: z
        .object({
          env: name().default("default").describe("Provider of `env` references that name none."),
          file: name().default("default").describe("Provider of `file` references that name none."),
          exec: name().default("default").describe("Provider of `exec` references that name none."),
        })
        .prefault({})
        .describe("Providers of references that name none."),
      resolution: z
        .object({
          maxProviderConcurrency: z
            .int()
            .min(1)
            .max(32)
            .default(4)
            .describe("Providers asked at the same time."),
          maxRefsPerProvider: z
            .int()
            .min(1)
            .max(10_000)
            .default(512)
            .describe("Different secrets one provider may be asked for."),
          maxBatchBytes: z
            .int()
            .min(1_024)
            .max(16_777_216)
            .default(262_144)
            .describe("Longest request to a command; more ids go in a further one."),
        })
        .prefault({})
        .describe("Limits while secrets are fetched."),
    }),
})
export type SecretsConfig = z.infer<typeof secrets.schema>
export type ProviderConfig = SecretsConfig["providers"][string]
export type FileConfig = Extract<ProviderConfig, { source: "file" }>
export type ExecConfig = Extract<ProviderConfig, { source: "exec" }>
export type EnvConfig = Extract<ProviderConfig, { source: "env" }>
