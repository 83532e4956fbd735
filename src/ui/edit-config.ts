import type { Gateway } from "./gateway.ts"
import type { Params } from "./methods.ts"

/** Changes settings in the config as it is now. */
export const editConfig = async (gateway: Gateway, edits: Params<"config.edit">["edits"]) => {
  const { hash } = await gateway.call("config.get")
  await gateway.call("config.edit", { edits, baseHash: hash })
}
