import * as z from "zod"
import { Environment } from "../../config/paths.ts"
import { onFirstUse } from "../../kernel/later.ts"
import { tool } from "../../kernel/tool.ts"
import { services } from "../config.ts"
import { mayUse } from "../grant.ts"
import { GitHub } from "./service.ts"
import { githubGrant } from "./settings.ts"

const needs = { services, env: Environment, github: GitHub }

// Neither part may be a step up in the address it becomes a part of.
const repository = onFirstUse(() =>
  z
    .string()
    .regex(/^[A-Za-z0-9][\w-]*\/(?!\.{1,2}$)[\w.-]+$/, "use owner/name")
    .describe("The repository, as owner/name."),
)
const number = onFirstUse(() => z.int().min(1).describe("Number of the issue or pull request."))
const page = onFirstUse(() => z.int().min(1).max(100).default(1).describe("Page of a long list."))
const line = onFirstUse(() => z.string().trim().min(1).max(256))
const words = onFirstUse(() => z.string().max(65_536))

const searchParams = onFirstUse(() =>
  z.object({
    in: z
      .enum(["issues", "code", "repositories"])
      .describe("What to look for; `issues` are also pull requests."),
    query: z
      .string()
      .trim()
      .min(1)
      .max(256)
      .describe("As in GitHub's own search, e.g. `repo:acme/app is:open crash`."),
    page: page(),
  }),
)
export type GitHubSearch = z.output<ReturnType<typeof searchParams>>

export const githubSearch = tool({
  name: "github_search",
  group: "services",
  label: "Search GitHub",
  description: "Searches issues and pull requests, code or repositories at GitHub.",
  params: searchParams,
  needs,
  available: ({ services, env, agentId }) => mayUse(githubGrant(services.github, env), agentId),
  async run(params, { github, signal }) {
    const { search } = await import("./search.ts")
    return search(params, await github(), signal)
  },
})

const readParams = onFirstUse(() =>
  z.object({
    what: z
      .enum([
        "repository",
        "issues",
        "issue",
        "pulls",
        "pull",
        "diff",
        "comments",
        "file",
        "commits",
      ])
      .describe("`file` gives a file, or what is in a folder; `diff` what a pull request changes."),
    repository: repository(),
    number: number().optional(),
    state: z
      .enum(["open", "closed", "all"])
      .default("open")
      .describe("Which issues or pull requests."),
    path: z
      .string()
      .max(1_000)
      .default("")
      .describe("File or folder, from the root of the repository."),
    ref: line().optional().describe("Branch, tag or commit; unset, the default branch."),
    page: page(),
  }),
)
export type GitHubRead = z.output<ReturnType<typeof readParams>>

export const githubRead = tool({
  name: "github_read",
  group: "services",
  label: "Read from GitHub",
  description:
    "Reads issues, pull requests, comments, files and commits of a repository at GitHub.",
  params: readParams,
  needs,
  available: ({ services, env, agentId }) => mayUse(githubGrant(services.github, env), agentId),
  async run(params, { github, signal }) {
    const { readFrom } = await import("./read.ts")
    return readFrom(params, await github(), signal)
  },
})

const writeParams = onFirstUse(() =>
  z.object({
    action: z.enum([
      "open_issue",
      "update_issue",
      "comment",
      "open_pull",
      "review",
      "merge",
      "create_branch",
      "write_file",
    ]),
    repository: repository(),
    number: number().optional(),
    title: line().optional(),
    body: words().optional().describe("Text, in Markdown."),
    state: z.enum(["open", "closed"]).optional().describe("Of the issue, with update_issue."),
    labels: z.array(line()).max(50).optional(),
    assignees: z.array(line()).max(10).optional(),
    branch: line()
      .optional()
      .describe("Branch to make, to write to, or that a pull request is from."),
    base: line()
      .optional()
      .describe("Branch that it starts from or goes to; unset, the default one."),
    draft: z.boolean().optional().describe("Of a pull request."),
    verdict: z.enum(["approve", "request_changes", "comment"]).optional().describe("Of a review."),
    method: z.enum(["merge", "squash", "rebase"]).optional().describe("How to merge."),
    path: z.string().min(1).max(1_000).optional().describe("File to write."),
    content: z.string().max(1_000_000).optional().describe("Its whole new content."),
    message: words().optional().describe("Message of the commit."),
  }),
)
export type GitHubWrite = z.output<ReturnType<typeof writeParams>>

export const githubWrite = tool({
  name: "github_write",
  group: "services",
  label: "Change things at GitHub",
  description:
    "Opens and changes issues and pull requests, comments, reviews, merges, makes branches and writes files at GitHub, in the operator's name.",
  params: writeParams,
  needs,
  available: ({ services, env, agentId }) =>
    mayUse(githubGrant(services.github, env), agentId, "write"),
  async run(params, { github, signal }) {
    const { writeTo } = await import("./write.ts")
    return writeTo(params, await github(), signal)
  },
})
