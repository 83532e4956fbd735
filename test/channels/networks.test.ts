import { channelContract } from "../contract/channel.ts"
import { networks } from "../support/networks.ts"

for (const [name, { open }] of Object.entries(networks)) channelContract(name, open)
