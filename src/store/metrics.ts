import { gauge } from "../kernel/metric.ts"
import { Store } from "./database.ts"
import { sizeOf } from "./look.ts"

export const metrics = [
  gauge({
    name: "fased_database_bytes",
    help: "Size of the database, and of the journal that is not part of it yet.",
    labels: ["file"],
    needs: { store: Store },
    read: ({ store: { path } }) => [
      { labels: ["database"], value: sizeOf(path) },
      { labels: ["journal"], value: sizeOf(`${path}-wal`) },
    ],
  }),
] as const
