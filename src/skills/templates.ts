/** What a new skill begins with. */
export const templateNames = ["general", "research", "tool"] as const
export type Template = (typeof templateNames)[number]

const head = (name: string, description: string) => `---
name: ${name}
description: ${JSON.stringify(description)}
---

# ${name}
`

export const templates: Record<Template, (name: string, description: string) => string> = {
  general: (name, description) => `${head(name, description)}
1. Say here what is done first, with exact names and commands.
2. Then what follows, and how to see that it worked.

Ask the person before anything that cannot be undone.
`,
  research: (name, description) => `${head(name, description)}
1. Write down the question in one sentence, and what would answer it.
2. Look in these places first: …
3. Check every fact that matters in a second place. Note where each comes from.
4. Answer in five sentences, then the sources. Say what stayed open.
`,
  tool: (name, description) => `${head(name, description)}
Scripts of this skill lie in {baseDir}.

1. Run \`{baseDir}/run.sh <input>\` with exec.
2. On an error, read it and say what is missing. Do not try it more than twice.
`,
}
