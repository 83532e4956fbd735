import { discord } from "../../../src/channels/discord/index.ts"
import { adapterContract } from "../../contract/adapter.ts"
import { fakeDiscord } from "../../support/fake-discord.ts"

adapterContract(discord, fakeDiscord)
