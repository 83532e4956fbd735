import { datedFile, seriesOf } from "../logs/files.ts"

/** The file the log of this instance goes to, or went to last. */
export const newestLog = (folder: string) => {
  const today = datedFile(folder, Date.now())
  return seriesOf(today).at(-1)?.path ?? today
}
