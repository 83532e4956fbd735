/** What IDENTITY.md says an agent is: lines such as `- Name: Ada`, bold or not. */
const words = {
  name: "name",
  manner: "theme",
  vibe: "theme",
  theme: "theme",
  emoji: "emoji",
  avatar: "avatar",
} as const
type Identity = Partial<Record<(typeof words)[keyof typeof words], string>>

const line = /^\s*[-*]?\s*\**(?<word>[a-z]+)\**\s*:\**\s*(?<value>.+?)\s*$/i

export const identityIn = (text: string): Identity => {
  const identity: Identity = {}
  for (const one of text.split("\n")) {
    const { word = "", value } = line.exec(one)?.groups ?? {}
    const field = Object.entries(words).find(([name]) => name === word.toLowerCase())?.[1]
    // A hint that nobody filled in, such as `(pick one)`, is no answer.
    if (field && value && !/^[_*]*\(.*\)[_*]*$/.test(value)) identity[field] ??= value
  }
  return identity
}
