import { fault } from "../kernel/fault.ts"

export const commandRefused = fault<{ reason: string }>("exec.refused", {
  status: 403,
  message: ({ reason }) => reason,
  hint: () => "Do not try another way to the same end, and do not use results from before.",
})

export const commandDenied = fault<{ id: string }>("exec.denied", {
  status: 403,
  message: ({ id }) => `The command was not allowed: approval ${id} was denied or ran out.`,
  hint: () => "Ask the person what to do instead; do not use results from before.",
})

export const changedSince = fault<{ file?: string }>("exec.changed", {
  status: 409,
  message: ({ file = "What the command would run" }) =>
    `${file} has changed since the command was judged; it was not started.`,
  hint: () => "Look at what changed, then ask for it again.",
})

export const refusedVariable = fault<{ name: string; why: string }>("exec.refused-variable", {
  status: 400,
  message: ({ name, why }) =>
    `The variable ${name.slice(0, 80)} cannot be set for a command: ${why}.`,
  hint: () => "Leave it out of env.",
})

export const badFolder = fault<{ path: string; why: string }>("exec.bad-folder", {
  status: 400,
  message: ({ path, why }) => `No command can run in ${path}: ${why}.`,
  hint: () => "Give a folder by its path relative to the workspace, or leave workdir out.",
})

export const noSuchHost = fault<{ host: string; next: string }>("exec.no-such-host", {
  status: 409,
  message: ({ host }) => `Commands cannot run on host ${host} here.`,
  hint: ({ next }) => next,
})

export const notOnNodes = fault("exec.not-on-nodes", {
  status: 400,
  message: () => "On a node a command runs to its end: not in the background, and in no terminal.",
  hint: () => "Leave background and pty out; give a timeout instead.",
})

export const hostFixed = fault<{ asked: string; set: string }>("exec.host-fixed", {
  status: 403,
  message: ({ asked, set }) => `Commands run on host ${set} here, not on ${asked}.`,
  hint: () =>
    "Leave host out. The operator decides that with tools.exec.host, or /exec host=… in the session.",
})

export const cannotStart = fault<{ reason: string }>("exec.cannot-start", {
  status: 502,
  message: ({ reason }) => `The command could not be started: ${reason}.`,
})

export const tooMany = fault<{ most: number }>("exec.too-many", {
  status: 429,
  message: ({ most }) => `${most} commands of this agent are running already.`,
  hint: () => "See them with process list, and end those that are not needed with process kill.",
})

export const unknownJob = fault<{ id: string }>("exec.unknown-session", {
  status: 404,
  message: ({ id }) => `There is no command session "${id.slice(0, 40)}".`,
  hint: () => "See those there are with process list. They do not outlive the gateway.",
})

export const notRunning = fault<{ id: string }>("exec.not-running", {
  status: 409,
  message: ({ id }) => `Command session ${id} has ended.`,
  hint: () => "Read what it printed with process log.",
})

export const stillRunning = fault<{ id: string }>("exec.still-running", {
  status: 409,
  message: ({ id }) => `Command session ${id} is still running.`,
  hint: () => "End it with process kill, or end and forget it with process remove.",
})

export const takesNoInput = fault<{ id: string }>("exec.takes-no-input", {
  status: 409,
  message: ({ id }) => `Command session ${id} takes no input.`,
  hint: () => "Start a command that is to be written to with background: true or pty: true.",
})

export const unknownKey = fault<{ key: string }>("exec.unknown-key", {
  status: 400,
  message: ({ key }) => `There is no key named "${key.slice(0, 40)}".`,
  hint: () =>
    "Keys: enter, tab, esc, space, backspace, delete, up, down, left, right, home, end, pageup, pagedown, insert, f1–f12, C-a … C-z, M-x.",
})
