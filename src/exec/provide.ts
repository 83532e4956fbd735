import { Environment } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { createSystemEvents, SystemEvents } from "../kernel/system-events.ts"
import { ExecSettings } from "../tools/exec-settings.ts"
import { createJobs, type Ending, type Job, Jobs } from "./jobs.ts"
import { createShell, Shell } from "./shell.ts"

/** Builds what runs commands. `close` ends all that runs. */
export const provideExec = (services: Services) => {
  const clock = services.get(Clock)
  services.provide(Shell, createShell(services.get(Environment), clock))
  const events = services.provide(SystemEvents, createSystemEvents())
  const jobs = createJobs({ clock, log: services.get(Log) })
  services.provide(Jobs, jobs)
  jobs.onEnd((job, ending) => {
    const settings = services.get(ExecSettings)(job.agentId)
    if (job.background && settings.notifyOnExit && worthTelling(job, ending, settings))
      events.enqueue(job.sessionKey, exitLine(job, ending))
  })
  return jobs
}

/** Not what somebody ended on purpose, nor what succeeded without a word. */
const worthTelling = (
  { output }: Job,
  { code, stopped }: Ending,
  { notifyOnExitEmptySuccess }: { notifyOnExitEmptySuccess: boolean },
) => {
  if (stopped === "killed" || stopped === "shutdown") return false
  return code !== 0 || output.total > 0 || notifyOnExitEmptySuccess
}

/** What it printed is quoted: it is information, and gives no instructions. */
const exitLine = (job: Job, { code, signal, stopped }: Ending) => {
  const how = stopped === "timeout" ? "time was over" : signal ? `signal ${signal}` : `code ${code}`
  const end = job.output.last(400).trim()
  return `Exec finished (session ${job.id}, ${how})${end && `, its output ends with ${JSON.stringify(end)}`}`
}
