/** A gateway as a process of its own, in the home it is given; prints where it listens. */
import { start } from "../../src/app.ts"
import { resolvePaths } from "../../src/config/paths.ts"

const env = process.env
const { port } = await start({ paths: resolvePaths(env), env, version: "0.0.0-test", port: 0 })
console.log(`ws://127.0.0.1:${port}/`)
