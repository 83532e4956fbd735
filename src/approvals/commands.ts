import { command } from "../kernel/command.ts"
import { Approvals } from "./approvals.ts"
import { howToApprove } from "./faults.ts"
import type { Decision } from "./gate.ts"

/** What people write for each answer. */
const answers: Readonly<Record<string, Decision>> = {
  "allow-once": "allow-once",
  once: "allow-once",
  allow: "allow-once",
  "allow-always": "allow-always",
  always: "allow-always",
  deny: "deny",
  reject: "deny",
}

export const approve = command({
  name: "approve",
  description: "Answer about a command that waits for approval.",
  usage: "<id> allow-once | allow-always | deny",
  authority: "owner",
  needs: { approvals: Approvals },
  async run(args, { approvals, channel }) {
    const [start = "", word = "", ...more] = args.toLowerCase().split(/\s+/)
    const decision = Object.hasOwn(answers, word) ? answers[word] : undefined
    if (!start || !decision || more.length) throw howToApprove()
    const { id } = await approvals.named(start)
    const { patterns } = await approvals.resolve(id, decision, `/approve on ${channel}`)
    return { say: said[decision](patterns ?? []) }
  },
})

const said: Record<Decision, (patterns: readonly string[]) => string> = {
  "allow-once": () => "Allowed, this once.",
  "allow-always": (patterns) =>
    patterns.length
      ? `Allowed, and from now on without asking: ${patterns.map((one) => `\`${one}\``).join(", ")}.`
      : "Allowed, and from now on without asking.",
  deny: () => "Denied. The command does not run.",
}
