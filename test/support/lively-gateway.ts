/** A real gateway in which things have happened: for pictures of its pages, and for tests of them. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { generateKeyPairSync } from "node:crypto"
import { deviceIdentity } from "../../src/client/device.ts"
import { fakeModel } from "./fake-model.ts"
import type { Turn } from "./fake-model.ts"
import { fakeTelegram } from "./fake-telegram.ts"
import { startGateway, testToken, type TestGateway } from "./gateway.ts"

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

const notes: Record<string, string> = {
  "MEMORY.md": "# What to remember\n\n- The hose is in the shed.\n- Ada comes on Thursdays.\n",
  "memory/2026-05-03.md": "Renewed the certificate of mail.example.org, good for 90 days.\n",
}

/** None of them is due while a test runs. */
const tasks = [
  {
    name: "Certificates",
    schedule: { kind: "cron", expr: "0 9 1 1 *", tz: "Europe/Berlin" },
    sessionTarget: "isolated",
    payload: { kind: "agentTurn", message: "Which certificates end within 30 days?" },
  },
  {
    name: "Water the plants",
    schedule: { kind: "every", everyMs: 7 * 86_400_000 },
    sessionTarget: "main",
    payload: { kind: "systemEvent", text: "Remind me of the plants." },
    enabled: false,
  },
]

/** A machine that agents may use, which finds whatever program it is asked for. */
const joinNode = async (gateway: TestGateway) => {
  const { privateKey } = generateKeyPairSync("ed25519")
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  const client = await gateway.connect({
    device: deviceIdentity(pem),
    clientId: "node-host",
    mode: "node",
    caps: ["system"],
    node: { displayName: "workshop", commands: ["system.which", "camera.snap"], permissions: {} },
  })
  client.on("node.invoke.request", (payload) => {
    const { id, nodeId, paramsJSON } = payload as Record<"id" | "nodeId" | "paramsJSON", string>
    const { bins } = JSON.parse(paramsJSON) as { bins: string[] }
    const found = Object.fromEntries(bins.map((bin) => [bin, `/usr/bin/${bin}`]))
    const result = { id, nodeId, ok: true, payloadJSON: JSON.stringify({ bins: found }) }
    void client.request("node.invoke.result", result).catch(() => undefined)
  })
}

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
          apiRoot: telegram.root,
          accounts: { default: { botToken: telegram.token }, family: { botToken: "1:gone" } },
        },
      },
      models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
    },
  })
  await joinNode(gateway)
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
  for (const [name, text] of Object.entries(notes)) {
    const path = join(gateway.paths.workspace, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  for (const task of tasks) await client.request("cron.add", task)
  return {
    ...gateway,
    model,
    telegram,
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
