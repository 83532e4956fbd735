import { slack } from "../../../src/channels/slack/index.ts"
import { adapterContract } from "../../contract/adapter.ts"
import { fakeSlack } from "../../support/fake-slack.ts"

adapterContract(slack, async () => fakeSlack())
