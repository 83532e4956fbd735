import { PageHead } from "../parts/page-head.tsx"
import type { PageProps } from "../routes.ts"
import { MethodCaller } from "../view/debug/caller.tsx"
import { EventWatch } from "../view/debug/event-watch.tsx"

export const DebugPage = ({ gateway }: PageProps) => (
  <>
    <PageHead
      title="Debug"
      about="Speaks with the gateway as any client does: one call, and the events as they come."
    />
    <div class="page-body">
      <MethodCaller gateway={gateway} />
      <EventWatch gateway={gateway} />
    </div>
  </>
)
