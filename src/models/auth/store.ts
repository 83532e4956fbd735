import type { Database as Sqlite } from "bun:sqlite"
import { existsSync } from "node:fs"
import * as z from "zod"
import { openToLook } from "../../store/look.ts"
import type { Database } from "../../store/database.ts"
import { credential, type Profile, usage as usageSchema, type Usage } from "./profile.ts"

/** What an agent chose for one provider. */
export interface Choice {
  agentId: string
  provider: string
  order?: readonly string[]
  lastGood?: string
}

export interface Kept {
  profiles: Profile[]
  choices: Choice[]
}

/** Sign-ins at model providers. They are few: read whole at the start, written one by one. */
export interface AuthStore {
  all(): Promise<Kept>
  save(profile: Profile): Promise<void>
  saveUsage(profile: Pick<Profile, "agentId" | "id">, usage: Usage): Promise<void>
  remove(agentId: string, id: string): Promise<void>
  choose(choice: Choice): Promise<void>
}

interface ProfileRow {
  agentId: string
  id: string
  provider: string
  email: string | null
  credential: string
  usage: string
}
interface ChoiceRow {
  agentId: string
  provider: string
  order: string | null
  lastGood: string | null
}

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: "custom", message: "not JSON" })
        return z.NEVER
      }
    })
    .pipe(schema)
const storedCredential = json(credential)
const storedUsage = json(usageSchema)
const storedOrder = json(z.array(z.string()))

/** A row that cannot be read counts as no sign-in at all: it is closed, not half open. */
const toProfile = (row: ProfileRow): Profile[] => {
  const read = storedCredential.safeParse(row.credential)
  if (!read.success) return []
  const usage = storedUsage.safeParse(row.usage).data ?? usageSchema.parse({})
  const { email, ...rest } = row
  return [{ ...rest, ...(email && { email }), credential: read.data, usage }]
}

const toChoice = ({ agentId, provider, order, lastGood }: ChoiceRow): Choice => {
  const read = order === null ? undefined : storedOrder.safeParse(order).data
  return { agentId, provider, ...(read && { order: read }), ...(lastGood && { lastGood }) }
}

const readAll = (sqlite: Sqlite): Kept => ({
  profiles: sqlite
    .query<ProfileRow, []>(
      `SELECT agent_id AS agentId, profile_id AS id, provider, email, credential, usage
       FROM auth_profiles ORDER BY agent_id, profile_id`,
    )
    .all()
    .flatMap(toProfile),
  choices: sqlite
    .query<ChoiceRow, []>(
      `SELECT agent_id AS agentId, provider, profile_order AS "order", last_good AS lastGood
       FROM auth_choices`,
    )
    .all()
    .map(toChoice),
})

/** What an instance holds that does not run; nothing when there is no database, or one without these tables. */
export const keptAtRest = (path: string): Kept => {
  if (!existsSync(path)) return { profiles: [], choices: [] }
  try {
    using sqlite = openToLook(path)
    return readAll(sqlite)
  } catch {
    // What is wrong with the file is for the database's own check to say.
    return { profiles: [], choices: [] }
  }
}

export const createAuthStore = (db: Database): AuthStore => {
  const { sqlite } = db
  const put = sqlite.query(
    `INSERT OR REPLACE INTO auth_profiles (agent_id, profile_id, provider, email, credential, usage)
     VALUES ($agentId, $id, $provider, $email, $credential, $usage)`,
  )
  const putUsage = sqlite.query(
    "UPDATE auth_profiles SET usage = $usage WHERE agent_id = $agentId AND profile_id = $id",
  )
  const putChoice = sqlite.query(
    `INSERT OR REPLACE INTO auth_choices (agent_id, provider, profile_order, last_good)
     VALUES ($agentId, $provider, $order, $lastGood)`,
  )
  return {
    all: async () => readAll(sqlite),
    async save({ agentId, id, provider, email, credential, usage }) {
      db.write(() =>
        put.run({
          agentId,
          id,
          provider,
          email: email ?? null,
          credential: JSON.stringify(credential),
          usage: JSON.stringify(usage),
        }),
      )
    },
    async saveUsage({ agentId, id }, usage) {
      db.write(() => putUsage.run({ agentId, id, usage: JSON.stringify(usage) }))
    },
    async remove(agentId, id) {
      db.write(() =>
        sqlite
          .query("DELETE FROM auth_profiles WHERE agent_id = ? AND profile_id = ?")
          .run(agentId, id),
      )
    },
    async choose({ agentId, provider, order, lastGood }) {
      db.write(() =>
        putChoice.run({
          agentId,
          provider,
          order: order ? JSON.stringify(order) : null,
          lastGood: lastGood ?? null,
        }),
      )
    },
  }
}
