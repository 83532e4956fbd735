/** Discord's ids tell when they were made: https://discord.com/developers/docs/reference#snowflakes */
const epochMs = 1_420_070_400_000

export const timeOf = (id: string) => Number(BigInt(id) >> 22n) + epochMs

/** The least id of a moment. */
export const idAt = (ms: number) => BigInt(Math.max(0, ms - epochMs)) << 22n
