/** The text of each bundled skill by its name. */
export const bundledSkills = {
  fased: `---
name: fased
description: Use fased itself - the gateway this conversation runs on. Its settings, models, secrets, health, logs, approvals, skills and backups.
metadata: {"fased":{"emoji":"🛠️","requires":{"bins":["fased"]}}}
---

# fased by command line

Every command has \`--help\`, and most take \`--json\`. Look before you change; say what you will change and let the person agree.

## Look

- \`fased status\`: how it stands, and the next step. \`fased doctor\`: what is wrong, and the fix of each.
- \`fased logs --limit 100\`: what happened lately.
- \`fased config get <path>\` and \`fased config schema\`: what is set, and what could be.
- \`fased models status\`: which providers can be called. \`fased tools explain <tool>\`: why a tool is not offered.
- \`fased skills list\`, \`fased skills info <name>\`: which skills there are, and what one lacks.
- \`fased sessions list\`, \`fased sessions search <words>\`: earlier conversations.

## Change

- \`fased config set <path> <value>\` counts at once or says that it waits for a restart. \`fased config undo\` takes it back.
- A secret never goes into a command line or an answer: the person types it at \`fased secrets set <path>\`.
- \`fased models set <provider/model>\` chooses the model. \`fased models connect\` finds a model server of one's own.
- \`fased doctor --fix\` shows and applies fixes; \`fased backup create\` before anything large.
- Restart only when asked: it ends this conversation's turn. \`fased gateway restart\`.

## When something does not work

1. \`fased doctor\`, then \`fased logs\`. Read the hint: it names the command that helps.
2. A command that an agent may not run waits for a person: \`fased approvals list\`.
3. Never work around a refusal. Say what refused, and which setting decides it.
`,

  "write-a-skill": `---
name: write-a-skill
description: Write or improve a skill (SKILL.md) for this agent, when the person wants a way of working kept for later or says "make this a skill".
metadata: {"fased":{"emoji":"📝"}}
---

# Writing a skill

A skill is a folder with a SKILL.md in \`skills/<name>/\` of the workspace. It counts from the next message on.

## Form

\`\`\`
---
name: short-name
description: What it does and when to use it, in the words a request would use.
metadata: {"fased":{"requires":{"bins":["program"],"env":["VARIABLE"]}}}
---

Steps, as you would tell them to a careful colleague.
\`\`\`

- \`name\`: lower case, digits and -; the same as the folder. \`description\`: one line. It alone decides whether the skill is found, and every prompt carries it, so keep it under 200 characters.
- \`requires\` is optional. Without its programs and variables the skill is not offered.
- Longer material and scripts lie beside SKILL.md; name them by relative path. {baseDir} stands for the folder.

## Content

1. Begin with the outcome, then the steps in order, with exact commands.
2. Put in what is not obvious: names, places, formats, what went wrong last time. Leave out what any model knows.
3. Say what to ask the person first, and what is never to be done.
4. No keys or passwords. They belong to the config: \`fased secrets set skills.entries.<name>.apiKey\`.
5. Stay under 100 lines.

Afterwards check it: \`fased skills info <name>\` says whether it can be read and what it lacks.
`,

  "tidy-memory": `---
name: tidy-memory
description: Go through the memory files of this workspace and put them in order, when the person asks to clean up, review or summarise what is remembered.
metadata: {"fased":{"emoji":"🧹"}}
---

# Putting memory in order

1. Read MEMORY.md and the files in memory/ of the last 30 days.
2. List for yourself what is still true, what is out of date, what is there twice and what contradicts something.
3. Show the person the changes you would make as a short list: keep, change, remove. Wait for a yes.
4. Write MEMORY.md anew: facts about people and their preferences first, then running projects, then how things are done. One line each, with the date where it matters, under 150 lines in all.
5. Leave the daily files as they are; they are the record.

Never write down what was told in a group as if it were told in private, nor any key, password or health matter without being asked to.
`,
} as const
