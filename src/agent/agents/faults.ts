import { fault } from "../../kernel/fault.ts"

export const agentExists = fault<{ id: string }>("agents.exists", {
  status: 409,
  message: ({ id }) => `There is an agent named "${id}" already.`,
  hint: () => "Choose another name, or see who is there: fased agents list",
})

export const badAgentName = fault<{ name: string }>("agents.bad-name", {
  status: 400,
  message: ({ name }) => `"${name.slice(0, 80)}" leaves nothing to name an agent by.`,
  hint: () => "Use a name with letters a-z or digits, such as research.",
})

export const defaultAgentStays = fault<{ id: string }>("agents.default-stays", {
  status: 409,
  message: ({ id }) =>
    `"${id}" is the default agent: it answers where nothing else names one, so it stays.`,
  hint: () => "Make another one the default first: fased config set agents.list[1].default true",
})

export const agentAtWork = fault<{ id: string }>("agents.at-work", {
  status: 409,
  message: ({ id }) => `"${id}" is answering somebody right now.`,
  hint: () => "Wait until it is done, or stop it with /stop, then try again.",
  retryable: true,
})

export const folderTaken = fault<{ folder: string; why: string }>("agents.folder-taken", {
  status: 409,
  message: ({ folder, why }) => `${folder} cannot be an agent's own folder: ${why}.`,
  hint: () => "Name a folder that nothing else uses, or none for one of its own.",
})

export const fileChanged = fault<{ name: string }>("agents.file-changed", {
  status: 409,
  message: ({ name }) => `${name} was changed by somebody else since it was read.`,
  hint: () => "Read it again and make the change anew.",
})

export const linkedFolder = fault<{ folder: string }>("agents.folder-linked", {
  status: 409,
  message: ({ folder }) => `${folder} is a link to another place, and is left alone.`,
  hint: () => "Delete the agent without its files, and move the folder away by hand.",
})

export const notMemory = fault<{ path: string }>("agents.not-memory", {
  status: 400,
  message: ({ path }) => `${path} is none of the files that this agent remembers by.`,
  hint: () => "Memory is MEMORY.md and the Markdown files in the folder memory of its workspace.",
})
