import { PageHead } from "../parts/page-head.tsx"
import type { PageProps } from "../routes.ts"
import { Services } from "../view/services/services.tsx"

export const ServicesPage = ({ gateway }: PageProps) => (
  <>
    <PageHead
      title="Services"
      about="What agents may use outside: accounts, the search of the web, servers with tools."
    />
    <div class="page-body">
      <Services gateway={gateway} />
    </div>
  </>
)
