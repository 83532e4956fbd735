import { PageHead } from "../parts/page-head.tsx"
import type { PageProps } from "../routes.ts"
import { AttentionList } from "../view/overview/attention-list.tsx"
import { Channels } from "../view/overview/channels.tsx"
import { Clients } from "../view/overview/clients.tsx"
import { DoctorFindings } from "../view/overview/doctor-findings.tsx"
import { LastErrors } from "../view/overview/last-errors.tsx"
import { Standing } from "../view/overview/standing.tsx"

export const OverviewPage = ({ gateway, attention, router }: PageProps) => (
  <>
    <PageHead title="Overview" about="How the gateway is, and what needs somebody." />
    <div class="page-body">
      <AttentionList gateway={gateway} attention={attention} router={router} />
      <Standing gateway={gateway} />
      {gateway.may("admin") && <DoctorFindings gateway={gateway} />}
      <div class="columns">
        <Channels gateway={gateway} />
        <Clients gateway={gateway} />
      </div>
      <LastErrors gateway={gateway} />
    </div>
  </>
)
