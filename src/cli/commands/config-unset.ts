import { command } from "../command.ts"
import { changeSetting } from "./config-set.ts"

export const configUnset = command({
  args: {
    path: { type: "positional", required: true, description: "The setting, e.g. gateway.port" },
  },
  run: ({ path }, context) => changeSetting(path, {}, context),
})
