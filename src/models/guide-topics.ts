import type { Facts, Finding } from "./guide-facts.ts"

export interface Question {
  text: string
  /** What the gateway said of itself; undefined when it could not be asked. */
  facts?: Facts
}

interface Topic {
  id: string
  /** Two points each. */
  strong: RegExp
  /** One point each. */
  weak?: RegExp
  /** The answer is better with the gateway's state at hand. */
  live: boolean
  answer(question: Question): string
}

const block = (...commands: string[]) => `\`\`\`sh\n${commands.join("\n")}\n\`\`\``
const lines = (...paragraphs: (string | false | undefined)[]) =>
  paragraphs.filter(Boolean).join("\n\n")

/** What a finding says to do: the words as they are, the command in a block of its own. */
const step = (next: string) => {
  const at = next.search(/\bfased [a-z]/)
  if (at < 0) return lines(next, block("fased doctor"))
  return lines(next.slice(0, at).trim(), block(next.slice(at).trim()))
}

const nextStep = (facts: Facts | undefined, otherwise: string) => {
  const found = facts?.findings.find(({ next }) => next)
  return found?.next ? lines(`**Next:** ${found.explain}`, step(found.next)) : otherwise
}

const marks: Record<Finding["severity"], string> = {
  error: "**Broken:**",
  warn: "**Look at this:**",
  hint: "**Tip:**",
}

const envFile = (facts?: Facts) =>
  facts?.stateDir ? `\`${facts.stateDir}/.env\`` : "the `.env` file in the state folder"
const connectedList = (facts?: Facts) =>
  (facts?.model.connected ?? []).map((id) => `\`${id}\``).join(", ")
const pickProvider = (text: string) =>
  /claude|anthropic/i.test(text)
    ? { name: "Anthropic", id: "anthropic", variable: "ANTHROPIC_API_KEY" }
    : /gemini|google/i.test(text)
      ? { name: "Google", id: "google", variable: "GEMINI_API_KEY" }
      : { name: "OpenAI", id: "openai", variable: "OPENAI_API_KEY" }
const restart =
  "Restart the gateway so that it counts: Ctrl-C in its terminal, then `fased gateway run`. Check with:"

const keyPasted: Topic = {
  id: "key-pasted",
  strong: /\b(?:sk-[\w-]{16,}|AIza[\w-]{20,}|xox[a-z]-[\w-]{10,})/gi,
  live: false,
  answer: ({ text }) => {
    const { id, variable } = /AIza/.test(text)
      ? pickProvider("google")
      : pickProvider(/sk-ant/.test(text) ? "claude" : "openai")
    return lines(
      "That looks like an API key. It is now part of this conversation's transcript, so please **revoke it at the provider and make a new one**; I did not use it.",
      `Give the new one to the gateway, not to a chat: put \`${variable}=…\` into the environment, or run this in a terminal:`,
      block(`fased secrets set models.providers.${id}.apiKey`, "fased models status"),
    )
  },
}

const stop: Topic = {
  id: "stop",
  strong: /\b(?:stop|abort|cancel|interrupt|quit|shut ?down|exit|turn (?:it |you )?off)\b/gi,
  live: false,
  answer: () =>
    lines(
      "To stop a reply: press **Stop** in the dashboard, or Ctrl-C where `fased agent` runs. What had arrived is kept in the session.",
      "To stop the gateway: Ctrl-C in the terminal it runs in. It finishes what it is doing, closes its connections and exits. To bring it back:",
      block("fased gateway run"),
    ),
}

const channels: Topic = {
  id: "channels",
  strong: /\b(?:telegram|discord|slack|whats ?app|signal|channels?|imessage|matrix|teams|sms)\b/gi,
  weak: /\b(?:bot|messenger|phone|chat apps?|add)\b/gi,
  live: true,
  answer: ({ text }) => {
    const named = /telegram|discord|slack|whats ?app|signal/i.exec(text)?.[0]?.toLowerCase()
    if (named?.startsWith("whats"))
      return lines(
        "WhatsApp comes as a plugin. Put it beside this program, then link it as you link WhatsApp Web.",
        letIn,
        block("fased plugins install whatsapp", "fased channels login whatsapp"),
      )
    return lines(
      `${named ? `${named[0]!.toUpperCase()}${named.slice(1)} is` : "Telegram, Discord, Slack and Signal are"} connected by a command that asks for what it takes, tries it once, and says what is missing.`,
      letIn,
      block(`fased channels add ${named ?? "telegram"}`, "fased channels status --probe"),
    )
  },
}

const letIn =
  "Nobody is heard unasked: whoever writes first is shown a code, and you let them in with `fased pairing approve <code>`. Why something was not answered: `fased channels explain <channel:chat>`."

const model: Topic = {
  id: "model",
  strong:
    /\b(?:models?|llms?|gpt[\w.-]*|chatgpt|openai|claude|anthropic|gemini|google|mistral|llama|ollama|lm ?studio|vllm|openrouter|groq|api[- ]?keys?|providers?)\b/gi,
  weak: /\b(?:connect|keys?|ai|smarter|brain|local|switch)\b/gi,
  live: true,
  answer: ({ text, facts }) =>
    /ollama|lm ?studio|vllm|llama\b|local|openrouter|groq|mistral|compatible/i.test(text)
      ? compatibleModel(facts)
      : hostedModel(text, facts),
}

const hostedModel = (text: string, facts?: Facts) => {
  const { name, id, variable } = pickProvider(text)
  const connected = connectedList(facts)
  return lines(
    connected
      ? `Connected already: ${connected}; the default model is \`${facts?.model.default ?? "not set"}\`. To add ${name}, you need an API key from there.`
      : `No language model is connected yet${facts ? "" : ", as far as I can tell"}. With an API key from ${name} that takes a minute.`,
    "The shortest way: it asks for the key, tries it once, and keeps it where only you can read it.",
    block("fased configure --section model"),
    `Or by hand: put the key into ${envFile(facts)} (or the environment of the gateway) as a line \`${variable}=<your key>\`, or let fased keep it in a file only you can read:`,
    block(`fased secrets set models.providers.${id}.apiKey`),
    id === "openai" &&
      "`ANTHROPIC_API_KEY` and `GEMINI_API_KEY` work the same way. Please do not paste a key into this chat: it would stay in the transcript.",
    restart,
    block("fased models status", "fased models list"),
  )
}

const compatibleModel = (facts?: Facts) => {
  const connected = connectedList(facts)
  return lines(
    `Any server that speaks the OpenAI wire format can be a provider; you only say where it is. For Ollama on this machine${connected ? ` (besides ${connected})` : ""}:`,
    block(
      "fased config set models.providers.ollama.baseUrl http://127.0.0.1:11434/v1",
      "fased config set agents.defaults.model ollama/<model name>",
    ),
    "Or be asked for all of it: `fased configure --section model` finds servers on this machine by itself.",
    "For a hosted one, give its `https://…` address and its key: `fased secrets set models.providers.<name>.apiKey`.",
    restart,
    block("fased models status"),
  )
}

const serviceTopic: Topic = {
  id: "service",
  strong:
    /\b(?:install|service|systemd|launchd|daemon|background|boot|auto ?start|start ?up|always on|keep (?:it )?running|reboot)\b/gi,
  weak: /\b(?:vps|server|close the terminal)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      "As a service of systemd or launchd the gateway comes back when it ends, and starts with the machine:",
      block("fased gateway install"),
      facts?.uptimeMs !== undefined &&
        `This one has been up for ${duration(facts.uptimeMs)}${facts.url ? ` at ${facts.url}` : ""}.`,
      "See that it answers, now and after a reboot:",
      block("fased gateway status"),
    ),
}

const dashboard: Topic = {
  id: "dashboard",
  strong: /\b(?:dashboard|browser|web ?ui|control ui|web ?page|web ?site|interface|gui)\b/gi,
  weak: /\b(?:open|url|link|address|port)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      `The dashboard is a page this gateway serves${facts?.url ? ` at ${facts.url}` : ""}: its state, and a chat with streaming and a stop button. This prints a link that signs you in, so treat the link like a password:`,
      block("fased dashboard"),
    ),
}

const logs: Topic = {
  id: "logs",
  strong: /\b(?:logs?|logging|log ?files?|traces?)\b/gi,
  weak: /\b(?:errors?|debug|happened)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      facts?.logFile
        ? `Today's log is \`${facts.logFile}\`: one JSON object per line, with secrets masked.`
        : "The gateway writes JSON lines to the `logs` folder in its state folder, with secrets masked.",
      "To watch it as it grows, in a form made for reading:",
      block("fased logs --follow"),
    ),
}

const config: Topic = {
  id: "config",
  strong: /\b(?:config(?:ure|uration)?|settings?|fased\.json|preferences|options?)\b|\.env\b/gi,
  weak: /\b(?:change|set|edit|file)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      `The config is one file, ${facts?.configPath ? `\`${facts.configPath}\`` : "`fased.json` in the state folder"}. Comments are welcome in it. Read and change single settings by their path; a value that does not fit is refused before anything is written:`,
      block("fased config get gateway.port", "fased config set gateway.port 18790"),
      `Secrets can live apart from it, as lines like \`OPENAI_API_KEY=…\` in ${envFile(facts)}. Restart the gateway after a change, then see that all is well:`,
      block("fased doctor"),
    ),
}

const sessions: Topic = {
  id: "sessions",
  strong: /\b(?:sessions?|history|transcripts?|conversations?)\b/gi,
  weak: /\b(?:remember|forget|memory|past|before|new chat)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      facts?.sessions
        ? `This gateway keeps ${facts.sessions.count === 1 ? "one session" : `${facts.sessions.count} sessions`}.`
        : "The gateway keeps every conversation as a session.",
      "Its messages are on disk before they are acted on, so they survive a restart and a power cut. To list them:",
      block("fased sessions"),
    ),
}

const security: Topic = {
  id: "security",
  strong:
    /\b(?:secur\w*|tokens?|passwords?|safe|expose\w*|internet|remote\w*|firewall|tailscale|lan|privacy|private)\b/gi,
  weak: /\b(?:access|login|sign in|outside|public)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      `Unless you changed \`gateway.auth\` or \`gateway.bind\`, the gateway asks everyone for its token and listens on this machine only${facts?.url ? ` (${facts.url})` : ""}. A blank or missing token means closed, not open.`,
      "The token is in the config under `gateway.auth.token`; commands mask it when they show the config. `fased dashboard` makes a link that carries it, so do not share that link.",
      problems(facts, /auth|token|bind|secur/),
      "See how yours is set, and let the checks look for weak spots:",
      block("fased config get gateway.bind", "fased doctor"),
    ),
}

const status: Topic = {
  id: "status",
  strong:
    /\b(?:status|health\w*|uptime|doctor|diagnos\w*|version|wrong|broken|problems?|not working|does(?:n't| not) work|everything (?:ok\w*|fine|alright)|how are you|how(?:'s| is) it going)\b/gi,
  weak: /\b(?:ok|okay|fine|running|check|fix|works?|working|alive)\b/gi,
  live: true,
  answer: ({ facts }) => {
    if (!facts)
      return lines(
        "I could not read the gateway's state just now. This shows it:",
        block("fased status", "fased health"),
      )
    const connected = connectedList(facts)
    const first = facts.findings.find(({ next }) => next)?.next
    const rows = [
      facts.model.default && `Default model: \`${facts.model.default}\``,
      connected ? `Connected: ${connected}` : "Language model: none connected, so I answer",
      facts.sessions && `Sessions: ${facts.sessions.count}`,
      facts.configPath && `Config: \`${facts.configPath}\``,
      facts.logFile && `Log: \`${facts.logFile}\``,
    ].filter(Boolean)
    return lines(
      `fased${facts.version ? ` ${facts.version}` : ""} is up${facts.uptimeMs === undefined ? "" : ` for ${duration(facts.uptimeMs)}`}${facts.url ? ` at ${facts.url}` : ""}.`,
      rows.map((row) => `- ${row}`).join("\n"),
      found(facts.findings) || "Nothing needs your attention.",
      first ? step(first) : `To look closer:\n\n${block("fased health", "fased doctor")}`,
    )
  },
}

const found = (findings: Finding[]) =>
  findings.map(({ severity, explain }) => `${marks[severity]} ${explain}`).join("\n\n")

const problems = (facts: Facts | undefined, about: RegExp) =>
  found((facts?.findings ?? []).filter(({ id, severity }) => severity !== "hint" && about.test(id)))

const who: Topic = {
  id: "who",
  strong:
    /\b(?:who are you|what are you|your name|who (?:made|is this)|about yourself|are you (?:an? )?(?:real|human|person|ai|bot|robot|llm|language|gpt|chatgpt|claude|gemini|model)[\w ]*)\b/gi,
  weak: /\b(?:you|yourself)\b/gi,
  live: true,
  answer: ({ facts }) => {
    const connected = connectedList(facts)
    return lines(
      "I am the fased guide, a small program built into this gateway. **I am not a language model**: I recognise a handful of topics, read the gateway's own state, and tell you the next command. Nothing you write to me leaves this machine.",
      connected
        ? `A language model is connected too (${connected}). To let it answer from now on, pick one of its models:`
        : "For everything else there are real models, and the gateway is ready for one. See what is missing:",
      connected
        ? block("fased models list", "fased config set agents.defaults.model <provider/model>")
        : block("fased models status"),
    )
  },
}

const help: Topic = {
  id: "help",
  strong:
    /\b(?:help|what can (?:you|i|it) do|what do you do|get(?:ting)? started|how do i (?:start|begin)|commands?|capabilit\w+|what (?:now|next)|next steps?|what (?:is|does) (?:fased|this))\b|^\s*\?\s*$/gi,
  weak: /\b(?:can you|how|start)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      "I am the guide built into fased, the gateway between you and your AI assistants. I am not a language model; I know this gateway and can tell you the next command. Ask me things like:",
      [
        "- **“Is everything ok?”** what runs, what is missing",
        "- **“Connect a model”** OpenAI, Anthropic, Google, or one on your own machine",
        "- **“Open the dashboard”** the same chat in your browser",
        "- **“Where are the logs?”**, **“the config?”**, **“my sessions?”**",
        "- **“Is it secure?”** who can reach this gateway, and how",
        "- **“Add Telegram”**, **“Run it as a service”** in a command or two",
      ].join("\n"),
      nextStep(facts, `To see this gateway at a glance:\n\n${block("fased status")}`),
    ),
}

const thanks: Topic = {
  id: "thanks",
  strong: /\b(?:thanks?|thank you|thx|cheers|great|perfect|awesome|bye|goodbye|see you)\b/gi,
  live: false,
  answer: () =>
    lines("You are welcome. When you want to see how things stand:", block("fased status")),
}

const greeting: Topic = {
  id: "greeting",
  strong:
    /^\W*(?:hi|hello|hey|hiya|yo|howdy|good (?:morning|afternoon|evening)|hola|hallo|bonjour|ciao|servus|moin|ping|test)\b/gi,
  live: true,
  answer: ({ facts }) =>
    lines(
      `Hello! Your gateway works${facts?.version ? ` (fased ${facts.version}${facts.uptimeMs === undefined ? "" : `, up for ${duration(facts.uptimeMs)}`})` : ""}. I am its built-in guide, not a language model: ask me **“what can you do?”** and I will tell you.`,
      facts?.model.connected.length
        ? `A real model is connected as well: ${connectedList(facts)}. To let one answer:\n\n${block("fased models list", "fased config set agents.defaults.model <provider/model>")}`
        : nextStep(
            facts,
            `A real model is one API key away. See how:\n\n${block("fased models status")}`,
          ),
    ),
}

const fallback: Topic = {
  id: "fallback",
  strong: /(?!)/g,
  live: true,
  answer: ({ facts }) => {
    const connected = connectedList(facts)
    return lines(
      "That is beyond me: I am the built-in guide, not a language model. I know this gateway: its status, models, config, logs, sessions, dashboard and security. **“What can you do?”** lists the rest.",
      connected
        ? `A language model could answer you, and one is connected: ${connected}. Pick one of its models as the default:`
        : "A language model could answer you. To connect one, set `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GEMINI_API_KEY` for the gateway, or give the key to fased:",
      connected
        ? block("fased models list", "fased config set agents.defaults.model <provider/model>")
        : block("fased secrets set models.providers.openai.apiKey", "fased models status"),
    )
  },
}

/** In order of preference where a message fits two equally well. */
const topics = [
  stop,
  channels,
  model,
  serviceTopic,
  dashboard,
  logs,
  config,
  sessions,
  security,
  status,
  help,
  thanks,
]

/** The topic a message is about: the most points win; a greeting counts only when nothing else does. */
export const topicOf = (text: string): Topic => {
  const said = text.slice(0, 2_000)
  const count = (pattern: RegExp | undefined) => (pattern ? (said.match(pattern) ?? []).length : 0)
  if (count(keyPasted.strong)) return keyPasted
  if (count(who.strong)) return who
  let best: Topic | undefined
  let most = 0
  for (const topic of topics) {
    const points = 2 * count(topic.strong) + count(topic.weak)
    if (points > most) [best, most] = [topic, points]
  }
  // One vague word is not a topic.
  if (best && most >= 2) return best
  if (!said.trim() || count(greeting.strong)) return greeting
  return best && said.trim().split(/\s+/).length <= 4 ? best : fallback
}

/** `3 minutes`, `2 hours`, `5 days`: as exact as a person would say it. */
const duration = (ms: number) => {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return "less than a minute"
  const [count, unit] =
    minutes < 60
      ? [minutes, "minute"]
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), "hour"]
        : [Math.floor(minutes / (24 * 60)), "day"]
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}
