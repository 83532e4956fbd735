import { PageHead } from "../parts/page-head.tsx"
import { Empty } from "../parts/notice.tsx"
import { chatOf } from "../router.ts"
import type { PageProps } from "../routes.ts"
import { Allowlists } from "../view/allowlists.tsx"
import { ApprovalCard } from "../view/approval-card.tsx"

export const ApprovalsPage = ({ gateway, attention, router }: PageProps) => {
  const waiting = attention.commands.value
  const open = (session: string) => router.go(chatOf(session))
  return (
    <>
      <PageHead
        title="Approvals"
        about="Commands that agents may only run once somebody has said yes. The first answer counts, wherever it is given."
      />
      <div class="page-body">
        <section aria-labelledby="waiting">
          <h2 id="waiting">Waiting</h2>
          {waiting.length === 0 ? (
            <Empty title="Nothing waits for you.">
              A question shows here and in its conversation the moment an agent asks it.
            </Empty>
          ) : (
            <div class="approvals">
              {waiting.map((one) => (
                <ApprovalCard key={one.id} waiting={one} attention={attention} onOpen={open} />
              ))}
            </div>
          )}
        </section>
        {gateway.may("admin") && <Allowlists gateway={gateway} />}
      </div>
    </>
  )
}
