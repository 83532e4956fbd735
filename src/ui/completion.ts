import type { Result } from "./methods.ts"

export type ChatCommand = Result<"commands.list">["commands"][number]

/** One line to choose from: what the message becomes, and what that means. */
export interface Suggestion {
  text: string
  title: string
  about: string
}

const most = 8

const startsWith = (word: string, typed: string) => word.toLowerCase().startsWith(typed)

/**
 * What a message that begins with a slash may become: a command while its name is typed, one of its
 * words after that. Nothing once there is more to it than that.
 */
export const suggestionsFor = (text: string, commands: readonly ChatCommand[]): Suggestion[] => {
  const typed = /^(\/\S*)(?: (\S*))?$/.exec(text.toLowerCase())
  if (!typed) return []
  const [, name = "", word] = typed
  if (word === undefined)
    return commands
      .filter(({ textAliases }) => textAliases.some((alias) => startsWith(alias, name)))
      .slice(0, most)
      .map(({ textAliases: [alias = ""], description, acceptsArgs }) => ({
        text: acceptsArgs ? `${alias} ` : alias,
        title: alias,
        about: description,
      }))
  const command = commands.find(({ textAliases }) =>
    textAliases.some((alias) => alias.toLowerCase() === name),
  )
  const choices = command?.args?.flatMap(({ choices = [] }) => choices) ?? []
  return choices
    .filter((choice) => startsWith(choice, word) && choice.toLowerCase() !== word)
    .slice(0, most)
    .map((choice) => ({ text: `${name} ${choice}`, title: choice, about: "" }))
}
