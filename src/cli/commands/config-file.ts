import { command } from "../command.ts"

export const configFile = command({
  args: { json: { type: "boolean", description: "One JSON document on stdout" } },
  examples: [
    ["fased config file", "where it is"],
    ['"$EDITOR" "$(fased config file)"', "edit it by hand"],
  ],
  run: ({ json }, { out, paths }) =>
    json ? out.json({ path: paths.config }) : out.print(paths.config),
})
