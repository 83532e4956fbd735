import type { ComponentType } from "preact"
import { useEffect, useState } from "preact/hooks"
import { FailureNotice } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { pageAt } from "../routes.ts"
import type { PageEntry, PageProps } from "../routes.ts"
import { useHeadingFocus } from "./navigation.tsx"

type Loaded =
  | { kind: "loading" }
  | { kind: "failed" }
  | { kind: "ready"; page: PageEntry; Page: ComponentType<PageProps> }

/** The page that the address names, fetched when it is first opened. */
export const Page = (props: PageProps) => {
  const { page: path } = props.router.place.value
  const page = pageAt(path)
  const [loaded, setLoaded] = useState<Loaded>({ kind: "loading" })

  const load = () => {
    document.title = page && page.path ? `${page.title} · fased` : "fased"
    let wanted = true
    page?.load().then(
      (Page) => wanted && setLoaded({ kind: "ready", page, Page }),
      () => wanted && setLoaded({ kind: "failed" }),
    )
    return () => {
      wanted = false
    }
  }
  useEffect(load, [page])

  const ready = loaded.kind === "ready" && loaded.page === page ? loaded : undefined
  useHeadingFocus(path, page === undefined || ready !== undefined)
  if (!page) return <NotThere path={path} {...props} />
  if (loaded.kind === "failed")
    return (
      <div class="page-body">
        <FailureNotice
          what={`load ${page.title}`}
          failure={{
            message: "The gateway did not send this part of the page.",
            hint: "It may be restarting, or was updated since this page was opened: reload the page.",
          }}
          onRetry={load}
        />
      </div>
    )
  // The page before stays until the next one is here.
  const Shown = ready?.Page ?? (loaded.kind === "ready" ? loaded.Page : undefined)
  return Shown ? <Shown {...props} /> : null
}

const NotThere = ({ path, router }: PageProps & { path: string }) => (
  <>
    <PageHead title="There is no such page" about={`Nothing is at “${path}”.`} />
    <div class="page-body">
      <p>
        <button type="button" class="primary" onClick={() => router.go("")}>
          Go to the chat
        </button>
      </p>
    </div>
  </>
)
