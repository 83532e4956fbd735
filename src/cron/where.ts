type Value = string | number
type Condition = readonly [sql: string, ...values: Value[]]

/** The conditions that hold, as one clause. */
export const where = (conditions: readonly (Condition | false | undefined)[]) => {
  const held = conditions.filter((one) => one !== false && one !== undefined)
  return {
    sql: held.length ? `WHERE ${held.map(([sql]) => sql).join(" AND ")}` : "",
    values: held.flatMap(([, ...values]) => values),
  }
}
