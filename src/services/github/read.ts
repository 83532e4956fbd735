import * as z from "zod"
import { incomplete, notFound } from "../faults.ts"
import type { GitHubClient } from "./service.ts"
import * as shown from "./shown.ts"
import type { GitHubRead } from "./tools.ts"

const perPage = 30

export const readFrom = async (wish: GitHubRead, client: GitHubClient, signal: AbortSignal) => {
  const { what, repository, number, state, path, ref, page } = wish
  const at = client.repository(repository)
  const paged = { page, per_page: perPage }
  const list = async <S extends z.ZodType>(
    path: string,
    item: S,
    show: (one: z.output<S>) => string,
    query: Record<string, string | number | undefined> = {},
  ) => {
    const items = z
      .array(item)
      .parse(await client.ask(`${at}${path}`, { query: { ...paged, ...query }, signal, what }))
    return { lines: items.map(show), full: items.length === perPage }
  }
  const numbered = () => {
    if (number === undefined) throw incomplete({ action: `Reading a ${what}`, needs: "a number" })
    return { number, what: `${what} ${number} in ${repository}` }
  }
  const given = (about: string, { lines, full }: Awaited<ReturnType<typeof list>>, gap = "\n") =>
    shown.fenced(`${repository} ${about}`, lines.join(gap), full)

  switch (what) {
    case "repository": {
      const one = shown.repository.parse(
        await client.ask(at, { signal, what: `repository ${repository}` }),
      )
      return shown.fenced(
        repository,
        [
          shown.repositoryLine(one),
          `Default branch ${one.default_branch}, last push ${one.pushed_at}`,
          `${one.open_issues_count} open issues and pull requests, ${one.stargazers_count} stars`,
        ].join("\n"),
      )
    }
    case "issues": {
      // Pull requests are issues to GitHub; here they have a list of their own.
      const kept = shown.issue.transform((one) => (one.pull_request ? "" : shown.issueLine(one)))
      const { lines, full } = await list("/issues", kept, String, { state })
      return given("issues", { lines: lines.filter(Boolean), full })
    }
    case "pulls":
      return given("pull requests", await list("/pulls", shown.pull, shown.issueLine, { state }))
    case "issue": {
      const { number, what } = numbered()
      const one = shown.issue.parse(await client.ask(`${at}/issues/${number}`, { signal, what }))
      const talk = await list(`/issues/${number}/comments`, shown.comment, shown.commentText)
      const head = [...shown.issueHead(one), "", one.body ?? ""].join("\n")
      return given(`issue ${number}`, { ...talk, lines: [head, ...talk.lines] }, "\n\n")
    }
    case "pull": {
      const { number, what } = numbered()
      const one = shown.pull.parse(await client.ask(`${at}/pulls/${number}`, { signal, what }))
      const talk = await list(`/issues/${number}/comments`, shown.comment, shown.commentText)
      const head = [...shown.pullHead(one), "", one.body ?? ""].join("\n")
      return given(`pull request ${number}`, { ...talk, lines: [head, ...talk.lines] }, "\n\n")
    }
    case "diff": {
      const { number, what } = numbered()
      const text = await client.ask(`${at}/pulls/${number}`, { accept: "diff", signal, what })
      return shown.fenced(`${repository} changes of pull request ${number}`, String(text))
    }
    case "comments": {
      const { number } = numbered()
      const talk = await list(`/issues/${number}/comments`, shown.comment, shown.commentText)
      return given(`comments of ${number}`, talk, "\n\n")
    }
    case "commits":
      return given(
        "commits",
        await list("/commits", shown.commit, shown.commitLine, {
          sha: ref,
          path: path || undefined,
        }),
      )
    case "file":
      return file(`${at}/contents/${pathOf(path)}`, { ...wish, path }, client, signal)
  }
}

/** Each step of a path as a part of an address, none of them up. */
export const pathOf = (path: string) => {
  const steps = path.split("/").filter(Boolean)
  if (steps.some((step) => step === "." || step === ".."))
    throw notFound({ label: "GitHub", what: `file ${path}` })
  return steps.map(encodeURIComponent).join("/")
}

/** A folder comes as a list, whichever way it is asked for; a file as its text. */
const file = async (
  address: string,
  { path, ref, repository }: GitHubRead,
  client: GitHubClient,
  signal: AbortSignal,
) => {
  const what = `file ${path || "/"} in ${repository}`
  const text = String(await client.ask(address, { accept: "raw", query: { ref }, signal, what }))
  const source = `${repository}/${path}${ref ? ` at ${ref}` : ""}`
  const entries = text.startsWith("[")
    ? z.array(shown.entry).safeParse(parsed(text)).data
    : undefined
  // A JSON file may look like a list, but not like this one.
  if (entries?.length)
    return shown.fenced(
      `folder ${source}`,
      entries
        .map(({ name, type, size }) => (type === "dir" ? `${name}/` : `${name} ${size ?? ""}`))
        .join("\n"),
    )
  return shown.fenced(source, text.includes("\0") ? "[not a text file]" : text)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
