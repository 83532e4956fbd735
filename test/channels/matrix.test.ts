import { unheardContract } from "../contract/unheard.ts"
import { networks } from "../support/networks.ts"

for (const [name, network] of Object.entries(networks)) unheardContract(name, network)
