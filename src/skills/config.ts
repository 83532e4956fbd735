import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"

const names = (description: string) =>
  z.array(z.string().trim().min(1)).optional().describe(description)

const entry = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().optional().describe("False: no agent is told of it."),
      apiKey: z.string().optional().meta({
        description: "Given to the agent's commands under the variable that the skill names.",
        secret: true,
      }),
      env: z
        .record(
          z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "must be the name of a variable"),
          z.string().meta({ description: "The variable's value.", secret: true }),
        )
        .default({})
        .describe("Variables for the agent's commands, where they are not set already."),
      config: z
        .record(z.string(), z.unknown().describe("A value of the skill's own."))
        .default({})
        .describe("Settings of the skill's own, which fased only keeps."),
    })
    .describe("What holds of one skill."),
)

export const skills = section({
  id: "skills",
  summary: "Skills: instructions and scripts that agents load when they need them.",
  reload: "live",
  schema: () =>
    z.strictObject({
      allowBundled: names("Only these of the skills that come with fased; unset, all."),
      load: z
        .strictObject({
          extraDirs: z
            .array(z.string().trim().min(1))
            .default([])
            .describe("More folders with skills; every other place goes before them."),
          watch: z.boolean().default(true).describe("Take up changed skills with the next turn."),
          watchDebounceMs: z
            .int()
            .min(0)
            .max(60_000)
            .default(250)
            .describe("How long a folder has to hold still before it is read again."),
        })
        .prefault({})
        .describe("Where skills come from."),
      install: z
        .strictObject({
          preferBrew: z.boolean().default(true).describe("Homebrew first, where a skill has it."),
          nodeManager: z
            .enum(["npm", "pnpm", "bun"])
            .default("npm")
            .describe("What installs programs written for Node."),
        })
        .prefault({})
        .describe("How programs that skills need are installed."),
      entries: z
        .record(z.string().min(1), entry())
        .default({})
        .describe("Single skills, by name or by the key they give themselves."),
    }),
})
export type SkillsConfig = z.infer<typeof skills.schema>
