import { command } from "../kernel/command.ts"
import { Directory } from "../sessions/directory.ts"
import type { FooterMode } from "./footer.ts"
import { Ledger, Usages, Zone } from "./service.ts"
import { groupBy } from "./sum.ts"
import { describeBudget, describeSum } from "./told.ts"
import { total } from "./wire.ts"

/** As many as a person reads in a chat. */
const shownModels = 8

const footers: Readonly<Record<string, FooterMode>> = {
  off: "off",
  on: "tokens",
  tokens: "tokens",
  full: "full",
}

export const usageCommand = command({
  name: "usage",
  description: "Say under each reply what it took, or what was used so far.",
  usage: "off | tokens | full | cost",
  choices: ["off", "tokens", "full", "cost"],
  authority: "owner",
  needs: { directory: Directory, usages: Usages, ledger: Ledger, zone: Zone },
  async run(args, { directory, usages, ledger, zone, sessionKey, sessionId }) {
    const word = args.trim().toLowerCase()
    if (word === "cost") return { say: await costs(usages, ledger, zone()) }
    if (Object.hasOwn(footers, word)) {
      const responseUsage = footers[word]!
      await directory.patch(sessionKey, { overrides: { responseUsage } })
      return { say: acknowledged[responseUsage] }
    }
    const mode = (await directory.find(sessionKey))?.overrides.responseUsage ?? "off"
    const used = describeSum(await usages.ofTranscript(sessionId))
    const lines = [
      ...(word ? [`\`${word}\` is none of off, tokens, full and cost.`] : []),
      `- This session: ${used}`,
      `- Under each reply: ${mode}`,
      "- To change that: `/usage off`, `/usage tokens` or `/usage full`; all sessions: `/usage cost`",
    ]
    return { say: lines.join("\n") }
  },
})

const acknowledged: Record<FooterMode, string> = {
  off: "From now on replies say nothing of what they took.",
  tokens: "From now on each reply says how many tokens it took.",
  full: "From now on each reply says what it took: tokens, cost, context and model.",
}

const costs = async (usages: Usages, ledger: Ledger, zone: string) => {
  const { sums, dates } = await usages.days({ days: 30 })
  const week = new Set(dates.slice(-7))
  const today = dates.at(-1)
  const models = groupBy(sums, ({ provider, model }) => `${provider}/${model}`)
  const budgets = await ledger.standing()
  return [
    `- Today: ${describeSum(total(sums.filter(({ date }) => date === today)))}`,
    `- 7 days: ${describeSum(total(sums.filter(({ date }) => week.has(date))))}`,
    `- 30 days: ${describeSum(total(sums))}`,
    ...models.slice(0, shownModels).map(({ key, sum }) => `  - \`${key}\`: ${describeSum(sum)}`),
    ...budgets.slice(0, shownModels).map((one) => `- Budget: ${describeBudget(one, zone)}`),
  ].join("\n")
}
