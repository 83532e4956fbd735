import type { Database } from "../store/database.ts"

/** How many runs a day had, and whether people were told that it is used up. */
export interface DayStore {
  /** Counts one more run of that day. */
  count(day: string): Promise<void>
  runs(day: string): Promise<number>
  /** Notes that people know the day is used up; false when they knew. */
  tell(day: string): Promise<boolean>
}

export const createDayStore = (db: Database): DayStore => {
  const { sqlite } = db
  const runs = sqlite.query<{ runs: number }, [string]>("SELECT runs FROM cron_days WHERE day = ?")
  const count = sqlite.query<unknown, [string]>(
    `INSERT INTO cron_days (day, runs) VALUES (?, 1)
     ON CONFLICT (day) DO UPDATE SET runs = runs + 1`,
  )
  const tell = sqlite.query<unknown, [string]>(
    `INSERT INTO cron_days (day, told) VALUES (?, 1)
     ON CONFLICT (day) DO UPDATE SET told = 1 WHERE told = 0`,
  )
  return {
    async count(day) {
      db.write(() => count.run(day))
    },
    runs: async (day) => runs.get(day)?.runs ?? 0,
    tell: async (day) => db.write(() => tell.run(day).changes > 0),
  }
}
