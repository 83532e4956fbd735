import { Table } from "../../parts/table.tsx"
import { dollars } from "../../words.ts"
import type { Totals } from "./measure.ts"

export interface Row {
  name: string
  totals: Totals
}

interface Props {
  label: string
  /** What a row is: `Day`, `Model`. */
  name: string
  rows: readonly Row[]
}

const exactly = (count: number) => count.toLocaleString("en-US")

/** The figures behind a drawing, exactly. */
export const Figures = ({ label, name, rows }: Props) => (
  <details class="figures">
    <summary>
      As a table<span class="hidden">: {label}</span>
    </summary>
    <Table
      label={`${label}, in figures`}
      rows={rows}
      keyOf={(row) => row.name}
      columns={[
        { title: name, cell: (row) => row.name },
        { title: "Calls", align: "end", cell: ({ totals }) => exactly(totals.calls) },
        { title: "Read", align: "end", isMinor: true, cell: ({ totals }) => exactly(totals.input) },
        {
          title: "From a cache",
          align: "end",
          isMinor: true,
          cell: ({ totals }) => exactly(totals.cacheRead),
        },
        {
          title: "To a cache",
          align: "end",
          isMinor: true,
          cell: ({ totals }) => exactly(totals.cacheWrite),
        },
        {
          title: "Written",
          align: "end",
          isMinor: true,
          cell: ({ totals }) => exactly(totals.output),
        },
        { title: "Tokens", align: "end", cell: ({ totals }) => exactly(totals.totalTokens) },
        { title: "Cost", align: "end", cell: ({ totals }) => dollars(totals.totalCost) },
      ]}
    />
  </details>
)
