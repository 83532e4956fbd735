import { get } from "../config/methods.ts"
import type { Context } from "./command.ts"
import { withGateway } from "./gateway-client.ts"

/** The settings that the running gateway uses, defaults included, secrets masked. */
export const runningSettings = (context: Context) =>
  withGateway({}, context, async (client, { url }) => ({
    name: `the gateway at ${url}`,
    settings: (await client.call(get, {})).config,
  }))
