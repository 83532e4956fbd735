import * as z from "zod"
import { Paths } from "../config/paths.ts"
import { method, pathFor } from "../kernel/method.ts"
import { patternProblem } from "./allowlist.ts"
import { badPattern, policyChanged } from "./faults.ts"
import { Policies } from "./policy-store.ts"
import { hashOf, type Policy, policyFile, toFile, toPolicy } from "./policy.ts"

const snapshot = z.object({
  path: z.string(),
  exists: z.boolean(),
  /** Changes with what the policy says. */
  hash: z.string(),
  file: z.record(z.string(), z.unknown()),
})

const toSnapshot = (policy: Policy, path: string) => ({
  path,
  exists: true,
  hash: hashOf(policy),
  file: { ...toFile(policy) },
})

export const get = method({
  name: "exec.approvals.get",
  scope: "admin",
  summary: "The policy for commands on this machine, with every allowlist.",
  params: () => z.object({}),
  result: () => snapshot,
  example: {},
  needs: { policies: Policies, paths: Paths },
  handle: async (_, { policies, paths, caller }) =>
    toSnapshot(await policies.read(), pathFor(caller, paths.database)),
})

export const set = method({
  name: "exec.approvals.set",
  scope: "admin",
  summary: "Replace the policy for commands on this machine.",
  params: () =>
    z.object({
      file: policyFile.describe("The whole policy, in the shape of exec-approvals.json."),
      baseHash: z.string().optional().describe("Only if the policy still has this hash."),
    }),
  result: () => snapshot,
  example: { file: { version: 1, agents: { main: { allowlist: [{ pattern: "/usr/bin/git" }] } } } },
  needs: { policies: Policies, paths: Paths },
  async handle({ file, baseHash }, { policies, paths, caller }) {
    const policy = toPolicy(file)
    const before = await policies.read()
    const known = new Set(
      Object.values(before.agents).flatMap(({ allowlist }) => allowlist.map((e) => e.pattern)),
    )
    for (const { pattern } of Object.values(policy.agents).flatMap((agent) => agent.allowlist)) {
      const problem = known.has(pattern) ? undefined : patternProblem(pattern, paths.home)
      if (problem) throw badPattern({ pattern, problem })
    }
    if (!(await policies.replace(policy, baseHash))) throw policyChanged()
    return toSnapshot(await policies.read(), pathFor(caller, paths.database))
  },
})
