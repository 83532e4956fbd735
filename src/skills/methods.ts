import * as z from "zod"
import { method, pathFor } from "../kernel/method.ts"
import { skills as section } from "./config.ts"
import { agentId } from "./find.ts"
import { costOfAll, Skills } from "./library.ts"
import { shownSkill, states } from "./shown.ts"

const names = z.array(z.string()).readonly()

const shown = z.object({
  name: z.string(),
  skillKey: z.string(),
  description: z.string(),
  emoji: z.string().optional(),
  homepage: z.string().optional(),
  source: z.string(),
  filePath: z.string(),
  state: z.enum(states),
  always: z.boolean(),
  userInvocable: z.boolean(),
  modelInvocable: z.boolean(),
  primaryEnv: z.string().optional(),
  missing: z.object({ os: names, bins: names, anyBins: names, env: names, config: names }),
  promptChars: z.number().describe("Characters of every prompt that it takes up."),
  foreign: z.boolean().describe("It came from elsewhere, and is given no keys."),
  origin: z
    .object({ spec: z.string(), integrity: z.string(), version: z.string().optional() })
    .optional(),
  install: z.array(z.object({ id: z.string(), label: z.string(), command: z.string() })),
})

export const status = method({
  name: "skills.status",
  scope: "read",
  summary: "List the skills of an agent, and what each one lacks.",
  params: () => z.object({ agentId: agentId() }),
  result: () =>
    z.object({
      agentId: z.string(),
      workspace: z.string(),
      promptChars: z.number(),
      skills: z.array(shown),
      shadowed: z.array(z.object({ name: z.string(), source: z.string(), filePath: z.string() })),
      broken: z.array(z.object({ source: z.string(), filePath: z.string(), why: z.string() })),
    }),
  example: {},
  needs: { skills: Skills, config: section },
  async handle({ agentId }, { skills, config, caller }) {
    const snapshot = await skills.of(agentId)
    const where = (path: string) => pathFor(caller, path)
    return {
      agentId: snapshot.agentId,
      workspace: where(snapshot.workspace),
      promptChars: costOfAll(snapshot),
      skills: snapshot.skills.map((skill) => shownSkill(skill, config, where)),
      shadowed: snapshot.shadowed.map(({ manifest, source, file }) => ({
        name: manifest.name,
        source,
        filePath: where(file),
      })),
      broken: snapshot.broken.map(({ file, ...rest }) => ({ ...rest, filePath: where(file) })),
    }
  },
})

export const bins = method({
  name: "skills.bins",
  scope: "node",
  summary: "List the programs that skills ask for, so that a node can say which it has.",
  params: () => z.object({}),
  result: () => z.object({ bins: z.array(z.string()) }),
  example: {},
  needs: { skills: Skills },
  async handle(_, { skills }) {
    const snapshot = await skills.of()
    const all = snapshot.skills.flatMap(({ manifest: { requires } }) => [
      ...requires.bins,
      ...requires.anyBins,
    ])
    return { bins: [...new Set(all)].toSorted() }
  },
})
