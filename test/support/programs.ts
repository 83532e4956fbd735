import { test } from "bun:test"

/** Where Debian keeps the programs of servers, which not every user looks. */
const path = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`

/** A test that needs a program of the machine: skipped where it is missing, but CI has them all. */
export const testWith = (program: string) =>
  test.skipIf(!Bun.which(program, { PATH: path }) && Bun.env.CI !== "true")

export const programPath = (program: string) => {
  const found = Bun.which(program, { PATH: path })
  if (!found) throw new Error(`${program} is not installed`)
  return found
}
