import { command } from "../command.ts"

export const configFile = command({
  args: {},
  run: (_, { out, paths }) => out.print(paths.config),
})
