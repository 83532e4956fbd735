import { PageHead } from "../parts/page-head.tsx"
import type { PageProps } from "../routes.ts"
import { Channels } from "../view/channels/channels.tsx"

export const ChannelsPage = ({ gateway }: PageProps) => (
  <>
    <PageHead
      title="Channels"
      about="The chat networks people reach agents on, who is heard there, and what did not arrive."
    />
    <div class="page-body">
      <Channels gateway={gateway} />
    </div>
  </>
)
