import { command } from "../command.ts"

export const configFile = command({
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  run: ({ json }, { out, paths }) =>
    json ? out.json({ path: paths.config }) : out.print(paths.config),
})
