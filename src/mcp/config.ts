import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"

/** Makes a loader, an interpreter or a shell start something else, or speaks to fased itself. */
const steering =
  /^(?:FASED_.*|OPENCLAW_.*|BUN_.*|LD_.*|DYLD_.*|GLIBC_.*|GCONV_PATH|NODE_OPTIONS|NODE_REPL_EXTERNAL_MODULE|BASH_ENV|BASH_FUNC_.*|ENV|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|PYTHONSTARTUP|PYTHONHOME|PYTHONINSPECT|PERL5OPT|PERL5DB|RUBYOPT|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|GIT_(?:SSH|EXEC|EXTERNAL|PROXY|CONFIG|TEMPLATE)[A-Z_0-9]*)$/i

const variable = onFirstUse(() =>
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "use letters, digits and `_`")
    .refine((name) => !steering.test(name), "it makes programs start something else"),
)

/** Set by the protocol itself. */
const reserved = /^(?:accept|content-type|content-length|host|connection|mcp-.*|last-event-id)$/i

const header = onFirstUse(() =>
  z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "use the name of an HTTP header")
    .refine((name) => !reserved.test(name), "the protocol sets this header itself"),
)

const names = (description: string) =>
  z.array(z.string().trim().min(1)).default([]).describe(description)

const server = onFirstUse(() =>
  z
    .object({
      enabled: z.boolean().default(true).describe("Use it at all."),
      command: z
        .string()
        .refine((text) => /^(?:~?\/.+|[^/\s~][^/]*)$/.test(text), {
          error: "must be a program's name, or its whole path",
        })
        .optional()
        .describe("Program that is the server, found on PATH or by its whole path."),
      args: z.array(z.string()).default([]).describe("What the program is started with."),
      env: z
        .record(variable(), z.string().meta({ description: "The variable's value.", secret: true }))
        .default({})
        .describe("Variables for the program, beside the few that every program gets."),
      cwd: z
        .string()
        .refine((text) => /^(?:~$|~?\/)/.test(text), { error: "must be a whole path" })
        .optional()
        .describe("Folder the program runs in; default: the home folder."),
      url: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("Where the server answers, instead of a program: streamable HTTP."),
      headers: z
        .record(header(), z.string().meta({ description: "The header's value.", secret: true }))
        .default({})
        .describe("More HTTP headers for each call."),
      token: z.string().min(1).optional().meta({
        description: "Sent as `Authorization: Bearer` with each call.",
        secret: true,
      }),
      tools: z
        .object({
          allow: names("Only these of its tools, by its own names, with *. Empty: all of them."),
          deny: names("Never these of its tools, by its own names, with *."),
        })
        .prefault({})
        .describe("Which of its tools agents are given."),
      connectSeconds: z
        .number()
        .positive()
        .max(600)
        .default(30)
        .describe("How long it may take to start."),
      callSeconds: z
        .number()
        .positive()
        .max(86_400)
        .default(120)
        .describe("How long one call of a tool may take."),
      idleMinutes: z
        .number()
        .min(0)
        .max(100_000)
        .default(0)
        .describe("End it when it was not used for so long, until it is; 0: keep it running."),
    })
    .refine(
      ({ command, url }) => (command === undefined) !== (url === undefined),
      "needs either a `command` or a `url`",
    )
    .refine(
      ({ token, headers }) =>
        !token || !Object.keys(headers).some((h) => /^authorization$/i.test(h)),
      "has both a `token` and an Authorization header; keep one",
    )
    .describe("One server: a program to start, or an address."),
)
export type McpServerConfig = z.infer<ReturnType<typeof server>>

export const mcp = section({
  id: "mcp",
  summary: "MCP servers, whose tools agents may use.",
  reload: "live",
  schema: () =>
    z.object({
      servers: z
        .record(
          z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/i, "use letters, digits, `-` and `_`"),
          server(),
        )
        .default({})
        .describe("Servers by a name of your own; their tools are called `<name>__<tool>`."),
    }),
})
export type McpConfig = z.infer<typeof mcp.schema>
