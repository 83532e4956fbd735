import * as z from "zod"
import { section } from "../kernel/section.ts"
import { controls } from "./control-variables.ts"
import { isVariableName } from "./substitute.ts"

const value = z.string().meta({ description: "The variable's value.", secret: true })

/** Names that the config may not set, each with the reason. */
const refuseControls = (
  names: readonly string[],
  tell: (name: string, message: string) => void,
) => {
  for (const name of names) {
    const reason = controls(name)
    if (reason)
      tell(name, `is not for the config to set: ${reason} (set it where fased is started instead)`)
    else if (!isVariableName(name))
      tell(name, "is not a variable's name: capital letters, digits and _ only, no digit first")
  }
}

const groups = ["vars", "shellEnv"]

export const env = section({
  id: "env",
  summary:
    "Environment variables for what fased does, where the environment has none of that name.",
  reload: "live",
  schema: () =>
    z
      .object({
        vars: z
          .record(z.string(), value)
          .default({})
          .describe("Variables by name; `env.<NAME>` beside it means the same."),
        shellEnv: z
          .object({
            enabled: z
              .boolean()
              .default(false)
              .describe(
                "Ask the login shell for variables that are expected but set nowhere, such as a provider's key.",
              ),
            timeoutMs: z
              .int()
              .min(100)
              .max(60_000)
              .default(15_000)
              .describe("How long the login shell may take."),
          })
          .prefault({})
          .describe("Variables from the login shell."),
      })
      .catchall(value)
      .superRefine((block, context) => {
        const tell = (path: string[]) => (name: string, message: string) =>
          context.addIssue({ code: "custom", path: [...path, name], message })
        refuseControls(Object.keys(block.vars), tell(["vars"]))
        refuseControls(
          Object.keys(block).filter((name) => !groups.includes(name)),
          tell([]),
        )
      }),
})
