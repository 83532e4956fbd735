import { notAllowed } from "./faults.ts"

/** What any command may come upon: a file of another account, as after a run with sudo. */
export const whatIsDenied = (error: unknown) => {
  if (!(error instanceof Error)) return undefined
  const { code, path } = error as NodeJS.ErrnoException
  return path && (code === "EACCES" || code === "EPERM") ? notAllowed({ path }, error) : undefined
}
