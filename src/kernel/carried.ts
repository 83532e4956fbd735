import { readFileSync } from "node:fs"

/**
 * The data of `import file from "./x.json" with { type: "file" }`. It lies beside the program, in the
 * binary too: as a part of the program it would come along a second time, as bytecode.
 */
export const readCarried = <T>(file: T): T =>
  JSON.parse(readFileSync(file as unknown as string, "utf8")) as T
