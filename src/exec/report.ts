import type { Ending, Job } from "./jobs.ts"

const shownOutput = 30_000

/** How a command ended, and what it printed. */
export const report = (job: Job, ending: Ending) => ({
  status: ending.code === 0 ? "completed" : "failed",
  exitCode: ending.code,
  ...(ending.signal && { signal: ending.signal }),
  ...(ending.stopped && { stopped: words[ending.stopped] }),
  ...(ending.left && {
    note: "Processes it left behind were ended. Start what should go on with background: true.",
  }),
  durationMs: ending.at - job.startedAt,
  output: job.output.brief(shownOutput),
})

const words: Record<NonNullable<Ending["stopped"]>, string> = {
  timeout: "its time was over; give a longer timeout, or run it in the background",
  killed: "it was ended by process kill",
  aborted: "the turn was stopped",
  flood: "it printed more than 256 MB; write the output to a file and read parts of it",
  shutdown: "the gateway stopped",
}
