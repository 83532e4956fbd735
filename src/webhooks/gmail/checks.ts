import { configValid } from "../../config/checks.ts"
import { check } from "../../kernel/check.ts"
import { Fault } from "../../kernel/fault.ts"
import { Models } from "../../models/service.ts"
import { GoogleAccount } from "../../services/google/service.ts"
import { hooks } from "../config.ts"
import { watchOf } from "./settings.ts"

export const mailboxReadable = check({
  id: "hooks.gmail-readable",
  title: "The mailbox that is watched can be read",
  severity: "warn",
  after: [configValid],
  needs: { hooks, google: GoogleAccount },
  detect({ hooks, google }) {
    const watch = watchOf(hooks)
    const lacks = watch && google.lacks(["readMail"], watch.account)
    return lacks ? { lacks, account: watch.account } : null
  },
  explain: ({ lacks, account }) => `New mail of ${account} starts nothing: it lacks ${lacks}.`,
  next: () => "Sign in: fased services add gmail --google",
})

export const pushProven = check({
  id: "hooks.gmail-push",
  title: "Google's pushes of new mail can come in",
  severity: "warn",
  after: [configValid],
  needs: { hooks },
  detect({ hooks }) {
    const { topic, hookUrl, pushToken, pushServiceAccount } = watchOf(hooks) ?? {}
    if (!topic) return null
    if (!pushToken && !pushServiceAccount)
      return {
        problem: "neither hooks.gmail.pushToken nor pushServiceAccount says which are Google's",
      }
    return hookUrl ? null : { problem: "hooks.gmail.hookUrl does not say where they arrive" }
  },
  explain: ({ problem }) => `Google tells of new mail, but ${problem}.`,
  next: () => "Set it up: fased webhooks gmail setup --account <address> --push-endpoint <address>",
})

export const mailModelUsable = check({
  id: "hooks.gmail-model",
  title: "The model for new mail may be used",
  severity: "warn",
  after: [configValid],
  needs: { hooks, models: Models },
  detect({ hooks, models }) {
    const model = watchOf(hooks)?.model
    if (model === undefined) return null
    try {
      models.check(model)
      return null
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { model, problem: error.message }
    }
  },
  explain: ({ model, problem }) =>
    `hooks.gmail.model is ${model}, and the agent's own model reads mail instead: ${problem}`,
  next: () => "Name another: fased config set hooks.gmail.model <model>",
})
