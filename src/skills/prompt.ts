/** What models are told of skills: that they are there. Each is read when it is needed. */

export interface Listed {
  name: string
  description: string
  location: string
}

/** No agent chooses well among more, and each costs tokens with every turn. */
const mostSkills = 150
const mostChars = 30_000

const before = `## Skills
When one of these fits the task, read its file with the read tool and follow it. Paths in it start at its folder, which is also what {baseDir} is.
<available_skills>
`
const after = "</available_skills>"

/** The skills part of a prompt; undefined when there are none. */
export const skillsBlock = (skills: readonly Listed[]): string | undefined => {
  if (!skills.length) return undefined
  return before + skills.slice(0, fitting(skills)).map(block).join("") + after
}

/** How many of them the prompt has room for. */
export const fitting = (skills: readonly Listed[]) => {
  let chars = before.length + after.length
  const over = skills.findIndex((skill) => (chars += costOf(skill)) > mostChars)
  return Math.min(over < 0 ? skills.length : over, mostSkills)
}

/** Characters that a skill adds to every prompt (contract 18 §13). */
export const costOf = (skill: Listed) => block(skill).length

export const promptCost = (skills: readonly Listed[]) => skillsBlock(skills)?.length ?? 0

const block = ({ name, description, location }: Listed) => `  <skill>
    <name>${escaped(name)}</name>
    <description>${escaped(description)}</description>
    <location>${escaped(location)}</location>
  </skill>
`

const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => entities[char]!)
const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
}
