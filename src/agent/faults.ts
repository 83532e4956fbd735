import { fault } from "../kernel/fault.ts"
import type { Outcome } from "./outcome.ts"

export const deadlinePassed = fault<{ seconds: number }>("agents.deadline", {
  status: 504,
  message: ({ seconds }) => `The turn was stopped after ${seconds} s without an answer.`,
  hint: () =>
    "Send it again, or allow more time: fased config set agents.defaults.timeoutSeconds …",
  wire: "AGENT_TIMEOUT",
  retryable: true,
})

export const tooManySteps = fault<{ steps: number }>("agents.too-many-steps", {
  status: 500,
  message: ({ steps }) => `The model asked for tools ${steps} times without coming to an answer.`,
  hint: () => "Ask for less at once, or try another model: fased models list",
})

export const emptyAnswer = fault<{ provider: string; model: string; stopReason: string }>(
  "agents.empty-answer",
  {
    status: 502,
    message: ({ provider, model, stopReason }) =>
      `${provider}/${model} ended its turn without an answer (${stopReason}).`,
    hint: () => "Send it again, say it differently, or try another model: fased models list",
    retryable: true,
  },
)

export const unknownRun = fault<{ runId: string }>("agents.unknown-run", {
  status: 404,
  message: ({ runId }) => `No turn "${runId}" is known here.`,
  hint: () => "Turns are remembered for a while after they end; the transcript has the reply.",
})

export const emptySummary = fault<{ provider: string; model: string }>("agents.empty-summary", {
  status: 502,
  message: ({ provider, model }) => `${provider}/${model} gave no summary.`,
  hint: () =>
    "Name another model for it: fased config set agents.defaults.compaction.model provider/model",
})

export const noWriter = fault<{ provider: string; model: string }>("agents.no-writer", {
  status: 409,
  message: ({ provider, model }) => `${provider}/${model} cannot write summaries.`,
  hint: () => "Connect a language model (fased models list --all), or begin afresh with /new.",
})

export const summaryLate = fault<{ seconds: number }>("agents.summary-late", {
  status: 504,
  message: ({ seconds }) => `The summary was given up after ${seconds} s.`,
  hint: () =>
    "Name a faster model for it: fased config set agents.defaults.compaction.model provider/model",
  retryable: true,
})

export const unknownCheckpoint = fault<{ id: string }>("agents.unknown-checkpoint", {
  status: 404,
  message: ({ id }) => `This session has no checkpoint "${id.slice(0, 80)}".`,
  hint: () => "sessions.compaction.list shows those it has.",
})

export const checkpointGone = fault<{ id: string }>("agents.checkpoint-gone", {
  status: 410,
  message: ({ id }) => `The transcript behind checkpoint "${id.slice(0, 80)}" is kept no longer.`,
  hint: () => "Its summary is still there: sessions.compaction.get shows it.",
})

export const attachmentUnreadable = fault<{ name: string }>("agents.attachment-unreadable", {
  status: 400,
  message: ({ name }) => `${name} is not base64, so it cannot be read.`,
  hint: () => "Send the file's bytes in base64, or as a data: URL.",
})

export const attachmentsTooLarge = fault<{ maxMb: number }>("agents.attachments-too-large", {
  status: 413,
  message: ({ maxMb }) => `The files of this message are more than ${maxMb} MB together.`,
  hint: () => "Send fewer or smaller ones.",
})

export const workspaceUnusable = fault<{ folder: string; reason: string }>(
  "agents.workspace-unusable",
  {
    status: 500,
    message: ({ folder, reason }) => `The workspace ${folder} cannot be used: ${reason}.`,
    hint: () => "See what is wrong with: fased doctor",
  },
)

export const turnFailed = fault<{ outcome: Outcome }>("agents.turn-failed", {
  status: 502,
  message: ({ outcome }) => outcome.error?.message ?? "The turn was stopped before it was done.",
  hint: ({ outcome }) => (outcome.error?.details as { hint?: string } | undefined)?.hint,
  details: ({ outcome: { runId, status, error } }) => ({
    runId,
    status,
    cause: (error?.details as { code?: string } | undefined)?.code,
  }),
})

export const modelNotYours = fault("agents.model-not-yours", {
  status: 403,
  message: () => "missing scope: operator.admin (to choose the model of a turn)",
  details: () => ({ code: "MISSING_SCOPE", missingScope: "operator.admin" }),
  hint: () => "Leave the model out; the agent's own one answers.",
})

export const turnUnlocked = fault<{ runId: string }>("agents.unlocked", {
  status: 503,
  message: () => "The turn did not stop when it was told to, and was given up on.",
  hint: () => "Send it again. If it happens often, the log shows where turns get stuck: fased logs",
  details: ({ runId }) => ({ runId }),
  retryable: true,
})

export const noSuchLevel = fault<{ name: string; typed: string; valid: readonly string[] }>(
  "agents.no-such-level",
  {
    status: 400,
    message: ({ name, typed }) => `\`${typed.slice(0, 40)}\` is nothing that /${name} knows.`,
    hint: ({ valid }) => `It can be ${valid.join(", ")}, or default.`,
  },
)

export const elevationNotYours = fault("agents.elevation-not-yours", {
  status: 403,
  message: () => "Commands of this chat may not leave the sandbox.",
  hint: () => "tools.elevated says who may: fased config get tools.elevated",
})

export const badExecWish = fault<{ word: string; forms: string }>("agents.bad-exec-wish", {
  status: 400,
  message: ({ word }) => `\`${word.slice(0, 80)}\` is nothing that /exec knows.`,
  hint: ({ forms }) => `It takes ${forms}, or default.`,
})

export const badQueueWish = fault<{ word: string; forms: string }>("agents.bad-queue-wish", {
  status: 400,
  message: ({ word }) => `\`${word.slice(0, 80)}\` is nothing that /queue knows.`,
  hint: ({ forms }) => `It takes ${forms}, or default.`,
})

export const exportThere = fault<{ path: string }>("agents.export-there", {
  status: 409,
  message: ({ path }) => `There is a file at ${path} already, and it was left as it is.`,
  hint: () => "Name another: `/export-session <path>`.",
})

export const exportTooLarge = fault<{ key: string }>("agents.export-too-large", {
  status: 413,
  message: () => "This transcript is too long to be exported from a chat.",
  hint: ({ key }) => `On the command line it has no limit: fased sessions export --key ${key}`,
})

export const howToConfig = fault("agents.how-to-config", {
  status: 400,
  message: () => "/config did not understand that.",
  hint: () =>
    "Write `/config show [path]`, `/config get <path>`, `/config set <path> <value>` or `/config unset <path>`.",
})

export const howToDebug = fault("agents.how-to-debug", {
  status: 400,
  message: () => "/debug did not understand that.",
  hint: () =>
    "Write `/debug show`, `/debug set <path> <value>`, `/debug unset <path>` or `/debug reset`.",
})

export const nothingToRun = fault("agents.nothing-to-run", {
  status: 400,
  message: () => "There is no command to run.",
  hint: () => "Write `!ls`, `!poll` or `!stop`, or the same behind /bash.",
})

export const nowhereToDeliver = fault<{ key: string }>("agents.nowhere-to-deliver", {
  status: 400,
  message: ({ key }) =>
    `Nobody has spoken to ${key} from a chat network, so its answer has nowhere to go.`,
  hint: () => "Name a channel and a target, or leave out deliver.",
})
