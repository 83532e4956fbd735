import { fault } from "../kernel/fault.ts"

export const badPlugin = fault<{ folder: string; problem: string }>("plugins.bad", {
  status: 400,
  message: ({ folder, problem }) => `${folder} is no plugin that can be used: ${problem}.`,
  hint: () => "Its fased.plugin.json says what it is; see docs/plugins.md.",
})

export const unknownPlugin = fault<{ id: string; known: string[] }>("plugins.unknown", {
  status: 404,
  message: ({ id }) => `No plugin is named "${id}".`,
  hint: ({ known }) =>
    known.length
      ? `There is: ${known.join(", ")}`
      : "Install one with: fased plugins install <name or folder>",
})

export const notInstalled = fault<{ id: string; problem: string }>("plugins.not-installed", {
  status: 502,
  message: ({ id, problem }) => `${id} was not installed: ${problem}`,
  hint: () => "Nothing was changed. Mend that and try again.",
})
