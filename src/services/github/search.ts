import * as z from "zod"
import type { GitHubClient } from "./service.ts"
import * as shown from "./shown.ts"
import type { GitHubSearch } from "./tools.ts"

const perPage = 20

const found = <S extends z.ZodType>(item: S) =>
  z.object({ total_count: z.number(), items: z.array(item) })

const hit = z.object({
  path: z.string(),
  repository: z.object({ full_name: z.string() }),
  html_url: z.string(),
})

/** Each answer as lines, with the repository each line is about. */
const read: Record<
  GitHubSearch["in"],
  (answer: unknown) => { total: number; lines: [string, string][] }
> = {
  issues(answer) {
    const { total_count: total, items } = found(shown.issue).parse(answer)
    const lines = items.map((one): [string, string] => {
      const repository = (one.repository_url ?? "").split("/").slice(-2).join("/")
      return [repository, `${repository} ${shown.issueLine(one)}`]
    })
    return { total, lines }
  },
  code(answer) {
    const { total_count: total, items } = found(hit).parse(answer)
    const lines = items.map(({ path, repository: { full_name } }): [string, string] => [
      full_name,
      `${full_name} ${path}`,
    ])
    return { total, lines }
  },
  repositories(answer) {
    const { total_count: total, items } = found(shown.repository).parse(answer)
    return { total, lines: items.map((one) => [one.full_name, shown.repositoryLine(one)]) }
  },
}

export const search = async (
  { in: where, query, page }: GitHubSearch,
  client: GitHubClient,
  signal: AbortSignal,
) => {
  const answer = await client.ask(`/search/${where}`, {
    query: { q: query, page, per_page: perPage },
    signal,
  })
  const { total, lines } = read[where](answer)
  const open = lines.filter(([repository]) => client.isReachable(repository))
  const hidden = lines.length - open.length
  const text = [
    ...open.map(([, line]) => line),
    hidden && `[${hidden} in repositories that services.github.repositories does not name]`,
  ].filter(Boolean)
  const head = `${total} found${total > lines.length ? `, page ${page}` : ""}`
  return shown.fenced(`search of ${where}`, [head, ...text].join("\n"), lines.length === perPage)
}
