import * as z from "zod"
import { Fault } from "../../kernel/fault.ts"
import { incomplete, notFound } from "../faults.ts"
import { pathOf } from "./read.ts"
import type { GitHubClient, GitHubRequest } from "./service.ts"
import type { GitHubWrite } from "./tools.ts"

const made = z.object({ html_url: z.string(), number: z.number().optional() })

/** What an action cannot do without. */
const needed = {
  open_issue: ["title"],
  update_issue: ["number"],
  comment: ["number", "body"],
  open_pull: ["title", "branch"],
  review: ["number", "verdict"],
  merge: ["number"],
  create_branch: ["branch"],
  write_file: ["path", "content", "message"],
} as const satisfies Record<GitHubWrite["action"], readonly (keyof GitHubWrite)[]>

export const writeTo = async (wish: GitHubWrite, client: GitHubClient, signal: AbortSignal) => {
  const { action, repository, number, title, body, state, labels, assignees, base } = wish
  const missing = needed[action].filter((name) => wish[name] === undefined)
  if (missing.length) throw incomplete({ action, needs: missing.join(" and ") })
  const at = client.repository(repository)
  const send = (method: GitHubRequest["method"], path: string, body: object, what?: string) =>
    client.ask(`${at}${path}`, { method, body, signal, what: what ?? `repository ${repository}` })
  const about = `issue or pull request ${number} in ${repository}`
  const defaultBranch = async () => {
    const found = await client.ask(at, { signal, what: `repository ${repository}` })
    return z.object({ default_branch: z.string() }).parse(found).default_branch
  }

  switch (action) {
    case "open_issue": {
      const one = made.parse(await send("POST", "/issues", { title, body, labels, assignees }))
      return `Opened issue #${one.number}: ${one.html_url}`
    }
    case "update_issue": {
      const changes = { title, body, state, labels, assignees }
      const one = made.parse(await send("PATCH", `/issues/${number}`, changes, about))
      return `Changed #${number}: ${one.html_url}`
    }
    case "comment": {
      const one = made.parse(await send("POST", `/issues/${number}/comments`, { body }, about))
      return `Commented: ${one.html_url}`
    }
    case "open_pull": {
      const { branch: head, draft } = wish
      const into = base ?? (await defaultBranch())
      const one = made.parse(await send("POST", "/pulls", { title, body, head, base: into, draft }))
      return `Opened pull request #${one.number}: ${one.html_url}`
    }
    case "review": {
      const event = wish.verdict!.toUpperCase()
      const one = made.parse(await send("POST", `/pulls/${number}/reviews`, { event, body }, about))
      return `Reviewed: ${one.html_url}`
    }
    case "merge": {
      const how = {
        merge_method: wish.method ?? "merge",
        commit_title: title,
        commit_message: body,
      }
      await send("PUT", `/pulls/${number}/merge`, how, about)
      return `Merged pull request #${number} of ${repository}.`
    }
    case "create_branch": {
      const from = base ?? (await defaultBranch())
      const found = await client.ask(`${at}/git/ref/heads/${pathOf(from)}`, {
        signal,
        what: `branch ${from} in ${repository}`,
      })
      const { sha } = z.object({ object: z.object({ sha: z.string() }) }).parse(found).object
      await send("POST", "/git/refs", { ref: `refs/heads/${wish.branch}`, sha })
      return `Made the branch ${wish.branch} from ${from}.`
    }
    case "write_file": {
      const { path = "", content = "", message, branch } = wish
      const address = `/contents/${pathOf(path)}`
      const sha = await shaOf(`${at}${address}`, branch, client, signal)
      const encoded = Buffer.from(content).toString("base64")
      await send("PUT", address, { message, content: encoded, branch, ...(sha && { sha }) })
      return `${sha ? "Changed" : "Made"} ${path} in ${repository}${branch ? `, branch ${branch}` : ""}.`
    }
  }
}

/** GitHub wants to be told what a new content replaces. */
const shaOf = async (
  address: string,
  ref: string | undefined,
  client: GitHubClient,
  signal: AbortSignal,
) => {
  try {
    const found = await client.ask(address, { query: { ref }, signal })
    return z.object({ sha: z.string() }).parse(found).sha
  } catch (error) {
    if (error instanceof Fault && notFound.is(error)) return undefined
    throw error
  }
}
