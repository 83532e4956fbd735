/** A real gateway in which things have happened: for pictures of its pages, and for tests of them. */
import { fakeModel } from "./fake-model.ts"
import type { Turn } from "./fake-model.ts"
import { fakeTelegram } from "./fake-telegram.ts"
import { startGateway, testToken } from "./gateway.ts"

const report = `Nothing is wrong. Three things I looked at:

| What | Found |
| --- | --- |
| Disk | 61 % used, 48 GB free |
| Backups | the last one is 3 hours old |
| Certificates | the next one ends in **41 days** |

To look again yourself:

\`\`\`sh
df -h /
systemctl list-timers --all
\`\`\`

I would renew the certificate of \`mail.example.org\` next week.`

const conversations: { key: string; says: string; turns: (string | Turn)[] }[] = [
  {
    key: "agent:research:heat-pumps",
    says: "Compare the three heat pumps in the folder",
    turns: ["The second one is the quietest, and the cheapest to run below freezing."],
  },
  {
    key: "agent:main:dentist",
    says: "Move the dentist to next week",
    turns: ["Done: next Tuesday at 9:00. I will remind you the evening before."],
  },
  {
    key: "agent:main:invoices",
    says: "Which invoices are still open?",
    turns: ["Two: 1041 of Ada’s garden (€ 310) and 1044 of the library (€ 92.50)."],
  },
  {
    key: "main",
    says: "Is everything well on the server?",
    turns: [
      {
        reasoning: "Disk, backups and certificates are what usually goes wrong there.",
        text: "I will look at the workspace first.",
        tools: [{ name: "ls", input: { path: "." } }],
      },
      report,
    ],
  },
]

/** Something the agent wants to do and may only after somebody said yes. */
const asked: (string | Turn)[] = [
  {
    text: "I can renew it right away.",
    tools: [{ name: "exec", input: { command: "certbot renew --cert-name mail.example.org" } }],
  },
  "Renewed.",
]

export const livelyGateway = async () => {
  const next: (string | Turn)[] = []
  const model = fakeModel({ turns: [() => next.shift() ?? "All right."] })
  const telegram = await fakeTelegram()
  const gateway = await startGateway({
    config: {
      agents: {
        defaults: { skipBootstrap: true, model: "fake/fake-1" },
        list: [
          { id: "main", default: true },
          { id: "research", name: "Research" },
        ],
      },
      tools: { profile: "coding", exec: { ask: "always", security: "allowlist" } },
      channels: {
        telegram: {
          accounts: {
            default: { botToken: telegram.token, apiRoot: telegram.root },
            family: { botToken: "1:gone", apiRoot: telegram.root },
          },
        },
      },
      models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
    },
  })
  const { client, running } = gateway
  const say = async (sessionKey: string, message: string) => {
    const idempotencyKey = crypto.randomUUID()
    const answer = await client.request("chat.send", { sessionKey, message, idempotencyKey })
    return (answer as { runId: string }).runId
  }
  for (const { key, says, turns } of conversations) {
    next.push(...turns)
    await client.request("agent.wait", { runId: await say(key, says), timeoutMs: 20_000 })
  }
  return {
    ...gateway,
    model,
    say,
    url: running.url.replace(/\/?$/, "/"),
    dashboardUrl: `${running.url.replace(/\/?$/, "/")}#token=${testToken}`,
    /** What the model does next, a turn each. */
    will: (...turns: (string | Turn)[]) => void next.push(...turns),
    /** An agent asks for a command; the answer is left to whoever looks. */
    async askForApproval(sessionKey = "main") {
      next.push(...asked)
      await say(sessionKey, "Renew it then, please")
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await model.close()
      await telegram[Symbol.asyncDispose]()
    },
  }
}
export type LivelyGateway = Awaited<ReturnType<typeof livelyGateway>>
