import { Action } from "../parts/action.tsx"
import { PageHead } from "../parts/page-head.tsx"
import type { PageProps } from "../routes.ts"
import { cleanUp } from "../view/sessions/session-deeds.ts"
import { SessionListing } from "../view/sessions/session-listing.tsx"

export const SessionsPage = ({ gateway, router }: PageProps) => (
  <>
    <PageHead
      title="Sessions"
      about="Every conversation that is kept, whoever began it and wherever it is held."
    >
      {gateway.may("admin") && (
        <Action what="clean up" act={() => cleanUp(gateway)}>
          Clean up
        </Action>
      )}
    </PageHead>
    <div class="page-body">
      <SessionListing gateway={gateway} router={router} />
    </div>
  </>
)
