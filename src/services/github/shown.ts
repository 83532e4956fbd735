/** GitHub's answers in few words: what a model needs of them and no more. */
import * as z from "zod"
import { untrusted } from "../../kernel/untrusted.ts"

const user = z.object({ login: z.string() }).nullish()
const text = z.string().nullish()

export const issue = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  user,
  body: text,
  created_at: z.string(),
  updated_at: z.string(),
  comments: z.number().optional(),
  labels: z.array(z.union([z.string(), z.object({ name: text })])).default([]),
  assignees: z.array(z.object({ login: z.string() })).nullish(),
  html_url: z.string(),
  repository_url: z.string().optional(),
  pull_request: z.unknown().optional(),
})
export type Issue = z.infer<typeof issue>

export const pull = issue.extend({
  draft: z.boolean().optional(),
  merged: z.boolean().optional(),
  mergeable_state: text,
  head: z.object({ ref: z.string(), label: text }),
  base: z.object({ ref: z.string() }),
  commits: z.number().optional(),
  additions: z.number().optional(),
  deletions: z.number().optional(),
  changed_files: z.number().optional(),
})
export type Pull = z.infer<typeof pull>

export const comment = z.object({ user, body: text, created_at: z.string() })

export const repository = z.object({
  full_name: z.string(),
  description: text,
  private: z.boolean(),
  archived: z.boolean().optional(),
  language: text,
  default_branch: z.string().optional(),
  stargazers_count: z.number().optional(),
  open_issues_count: z.number().optional(),
  pushed_at: text,
  html_url: z.string(),
})

export const commit = z.object({
  sha: z.string(),
  commit: z.object({
    message: z.string(),
    author: z.object({ name: text, date: text }).nullish(),
  }),
})

export const entry = z.object({ name: z.string(), type: z.string(), size: z.number().optional() })

const by = (who: z.infer<typeof user>) => (who ? ` by ${who.login}` : "")
const names = (labels: Issue["labels"]) =>
  labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))).filter(Boolean)

export const issueLine = (one: Issue) => {
  const labels = names(one.labels)
  const kind = one.pull_request ? "pull request " : ""
  return `${kind}#${one.number} [${one.state}] ${one.title}${by(one.user)}, ${one.updated_at}${labels.length ? ` {${labels.join(", ")}}` : ""}`
}

export const issueHead = (one: Issue) =>
  [
    `${one.html_url}`,
    `#${one.number} [${one.state}] ${one.title}`,
    `Opened${by(one.user)} ${one.created_at}, last change ${one.updated_at}`,
    names(one.labels).length && `Labels: ${names(one.labels).join(", ")}`,
    one.assignees?.length && `Assigned to: ${one.assignees.map(({ login }) => login).join(", ")}`,
  ].filter(Boolean)

export const pullHead = (one: Pull) =>
  [
    ...issueHead(one),
    `From ${one.head.label ?? one.head.ref} into ${one.base.ref}${one.draft ? ", a draft" : ""}${one.merged ? ", merged" : ""}`,
    one.mergeable_state && `Can it be merged: ${one.mergeable_state}`,
    one.changed_files !== undefined &&
      `${one.changed_files} files, +${one.additions} -${one.deletions}, ${one.commits} commits`,
  ].filter(Boolean)

export const commentText = ({ user: who, created_at, body }: z.infer<typeof comment>) =>
  `Comment${by(who)}, ${created_at}:\n${body ?? ""}`

export const repositoryLine = (one: z.infer<typeof repository>) =>
  [
    one.full_name,
    one.private && "(private)",
    one.archived && "(archived)",
    one.description,
    one.language && `[${one.language}]`,
  ]
    .filter(Boolean)
    .join(" ")

export const commitLine = ({ sha, commit: { message, author } }: z.infer<typeof commit>) =>
  `${sha.slice(0, 10)} ${author?.date ?? ""} ${author?.name ?? ""}: ${message.split("\n", 1)[0]}`

/** What others wrote at GitHub, in a fence; a page that is full says that there may be more. */
export const fenced = (source: string, text: string, full = false) =>
  `${untrusted(text.trim() || "[nothing]", { source: `GitHub, ${source}` })}${full ? "\n[there may be more: ask for the next page]" : ""}`
