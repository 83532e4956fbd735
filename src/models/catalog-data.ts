import { readCarried } from "../kernel/carried.ts"
import file from "./catalog.json" with { type: "file" }

/** The providers and models this build knows, and the short names of both. */
export const catalog = readCarried(file)
