import { useState } from "preact/hooks"
import { Action } from "../parts/action.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { Segments } from "../parts/segments.tsx"
import { chatOf } from "../router.ts"
import type { PageProps } from "../routes.ts"
import { ArchivedSessions } from "../view/sessions/archived.tsx"
import { cleanUp } from "../view/sessions/session-deeds.ts"
import { SessionListing } from "../view/sessions/session-listing.tsx"

const shelves = [
  { value: "used", label: "In use" },
  { value: "archived", label: "Archived" },
] as const

export const SessionsPage = ({ gateway, router }: PageProps) => {
  const [shelf, setShelf] = useState<(typeof shelves)[number]["value"]>("used")
  return (
    <>
      <PageHead
        title="Sessions"
        about="Every conversation that is kept, whoever began it and wherever it is held."
      >
        <Segments label="Which" options={shelves} value={shelf} onChange={setShelf} />
        {gateway.may("admin") && (
          <Action what="clean up" act={() => cleanUp(gateway)}>
            Clean up
          </Action>
        )}
      </PageHead>
      <div class="page-body">
        {shelf === "used" ? (
          <SessionListing gateway={gateway} router={router} />
        ) : (
          <ArchivedSessions gateway={gateway} onRestored={(key) => router.go(chatOf(key))} />
        )}
      </div>
    </>
  )
}
