import { fault } from "../kernel/fault.ts"

export const unknownTool = fault<{ name: string; offered: readonly string[] }>("tools.unknown", {
  status: 404,
  message: ({ name }) => `There is no tool named "${name}".`,
  hint: ({ offered }) =>
    offered.length ? `Tools here: ${offered.join(", ")}.` : "No tools are available here.",
})

export const deniedTool = fault<{ name: string; why: string }>("tools.denied", {
  status: 404,
  message: ({ name, why }) => `The tool "${name}" is not allowed here. ${why}`,
  hint: () => "Only the operator can change that, in the config.",
})

export const goingRound = fault<{ why: string }>("tools.going-round", {
  status: 429,
  message: ({ why }) => why,
})

export const badArguments = fault<{ name: string; problems: string }>("tools.bad-arguments", {
  status: 400,
  message: ({ name, problems }) => `The arguments for ${name} do not fit: ${problems}.`,
  hint: () => "Correct them and call it again.",
})

export const toolTimeout = fault<{ name: string; seconds: number }>("tools.timeout", {
  status: 504,
  message: ({ name, seconds }) => `${name} was stopped after ${seconds} s without an answer.`,
  hint: () => "Ask for less at once.",
  retryable: true,
})

export const toolStopped = fault<{ name: string }>("tools.stopped", {
  status: 499,
  message: ({ name }) => `The turn ended before ${name} had finished.`,
})

export const badPath = fault<{ path: string; reason: string }>("tools.bad-path", {
  status: 400,
  message: ({ path, reason }) => `The path ${JSON.stringify(path)} cannot be used: ${reason}.`,
  hint: () => "Give a path relative to the workspace.",
})

export const outsideWorkspace = fault<{ path: string }>("tools.outside-workspace", {
  status: 403,
  message: ({ path }) => `${path} lies outside the workspace.`,
  hint: () =>
    "File tools stay inside the workspace; the operator can lift that with tools.fs.workspaceOnly.",
})

export const protectedPath = fault<{ path: string }>("tools.protected-path", {
  status: 403,
  message: ({ path }) => `${path} is out of bounds for tools.`,
  hint: () => "The system, git and fased keep such files for themselves.",
})

export const readOnlyFiles = fault<{ path: string }>("tools.read-only", {
  status: 403,
  message: ({ path }) => `${path} cannot be changed: this session's files are read-only.`,
  hint: () => "The operator decides that with agents.defaults.sandbox.workspaceAccess.",
})

export const noSuchFile = fault<{ path: string }>("tools.no-such-file", {
  status: 404,
  message: ({ path }) => `${path} does not exist.`,
  hint: () => "Look around with ls.",
})

export const notAFile = fault<{ path: string; kind: string }>("tools.not-a-file", {
  status: 400,
  message: ({ path, kind }) => `${path} is ${kind}.`,
  hint: ({ kind }) => (kind === "a folder" ? "See what is in it with ls." : undefined),
})

export const notPermitted = fault<{ path: string }>("tools.not-permitted", {
  status: 403,
  message: ({ path }) => `The system does not let fased touch ${path}.`,
  hint: () => "The operator can change the file's owner or mode.",
})

export const fileTooBig = fault<{ path: string; bytes: number; limit: number }>(
  "tools.file-too-big",
  {
    status: 413,
    message: ({ path, bytes, limit }) =>
      `${path} is ${bytes} bytes; file tools take up to ${limit}.`,
  },
)

export const notText = fault<{ path: string }>("tools.not-text", {
  status: 415,
  message: ({ path }) => `${path} is not a UTF-8 text file.`,
  hint: () => "File tools read text and pictures; a program such as file or strings may say more.",
})

export const noMatch = fault<{ path: string }>("tools.no-match", {
  status: 409,
  message: ({ path }) => `oldText does not occur in ${path}.`,
  hint: () => "Read the file again and copy the text exactly, white space included.",
})

export const manyMatches = fault<{ path: string; count: number }>("tools.many-matches", {
  status: 409,
  message: ({ path, count }) => `oldText occurs ${count} times in ${path}; nothing was changed.`,
  hint: () => "Include more of the surrounding lines so that it names one place.",
})

export const badPatch = fault<{ reason: string }>("tools.bad-patch", {
  status: 400,
  message: ({ reason }) => `The patch cannot be read: ${reason}.`,
  hint: () => "Nothing was changed. Write it from *** Begin Patch to *** End Patch.",
})

export const patchDoesNotFit = fault<{ path: string; lines: readonly string[] }>(
  "tools.patch-does-not-fit",
  {
    status: 409,
    message: ({ path, lines }) =>
      `These lines are not in ${path} where the patch has them:\n${lines.slice(0, 12).join("\n").slice(0, 2000)}\n`,
    hint: () => "Nothing was changed. Read the file again and quote its lines as they are.",
  },
)

export const alreadyThere = fault<{ path: string }>("tools.already-there", {
  status: 409,
  message: ({ path }) => `${path} exists already.`,
  hint: () => "Nothing was changed. Change it with *** Update File, or choose another name.",
})

export const patchHalfUndone = fault<{ paths: readonly string[] }>("tools.patch-half-undone", {
  status: 500,
  message: ({ paths }) =>
    `The patch failed half-way, and these files could not be put back: ${paths.join(", ")}.`,
  hint: () => "Look at them before you go on.",
})

export const notFetched = fault<{ url: string; reason: string }>("tools.not-fetched", {
  status: 502,
  message: ({ url, reason }) => `${url.slice(0, 200)} gave no picture: ${reason}.`,
  hint: () => "Try another address, or save the picture in the workspace.",
})

export const nothingSeen = fault<{ model: string }>("tools.nothing-seen", {
  status: 502,
  message: ({ model }) => `${model} said nothing about the pictures.`,
  hint: () => "Ask something else, or name another model that sees.",
  retryable: true,
})
