import type { Env } from "../../config/paths.ts"
import type { ExecConfig } from "../config.ts"
import {
  type Answer,
  answerEach,
  type Problem,
  type Provider,
  type Surroundings,
} from "./answer.ts"
import { type Ending, runCommand } from "./child.ts"
import { findCommand } from "./command.ts"
import { readReply } from "./reply.ts"

/** Asks a command, which answers for a password manager or a vault (contract 08 §9). */
export const execProvider =
  (
    name: string,
    config: ExecConfig,
    { env, clock, paths, maxBatchBytes }: Surroundings & { maxBatchBytes: number },
  ): Provider =>
  async (ids) => {
    const answers = new Map<string, Answer>()
    for (const batch of batches(name, ids, maxBatchBytes)) {
      const found = findCommand(name, config, paths)
      const given =
        "reason" in found
          ? answerEach(batch, () => found)
          : await ask(found.program, batch, name, { config, env, clock })
      for (const [id, answer] of given) answers.set(id, answer)
    }
    return answers
  }

const ask = async (
  program: string,
  ids: readonly string[],
  name: string,
  { config, env, clock }: { config: ExecConfig } & Pick<Surroundings, "env" | "clock">,
): Promise<ReadonlyMap<string, Answer>> => {
  const job = { ...config, program, env: environmentOf(config, env), input: request(name, ids) }
  const ending = await runCommand(job, clock)
  const problem = explain(ending, name, config)
  if (problem) return answerEach(ids, () => problem)
  const reply = ending.end === "exited" ? readReply(ending.output, ids, config) : ""
  if (typeof reply !== "string") return reply
  const next = `let ${config.command} speak the protocol of secret commands, version 1`
  return answerEach(ids, () => ({ reason: `${config.command}: ${reply}`, next }))
}

const request = (provider: string, ids: readonly string[]) =>
  JSON.stringify({ protocolVersion: 1, provider, ids })

/** As few requests as fit the limit. */
const batches = function* (name: string, ids: readonly string[], maxBytes: number) {
  const empty = request(name, []).length
  let batch: string[] = []
  let size = empty
  for (const id of ids) {
    const more = id.length + 3 // ids are plain ASCII; two quotes and a comma
    if (batch.length && size + more > maxBytes) {
      yield batch
      batch = []
      size = empty
    }
    batch.push(id)
    size += more
  }
  yield batch
}

/** Only what the config names, and a PATH that nobody else writes to. */
const environmentOf = ({ passEnv }: ExecConfig, env: Env) => {
  const passed: Record<string, string> = { PATH: "/usr/local/bin:/usr/bin:/bin" }
  for (const variable of passEnv) {
    const value = env[variable]
    if (value !== undefined) passed[variable] = value
  }
  return passed
}

const explain = (ending: Ending, name: string, config: ExecConfig): Problem | undefined => {
  const { command } = config
  const setting = `secrets.providers.${name}`
  const tryIt = `run it by hand to see what it says: ${command}`
  switch (ending.end) {
    case "unstartable":
      return { reason: `${command} cannot be started (${ending.code})`, next: tryIt }
    case "late":
      return {
        reason: `${command} was not done after ${config.timeoutMs} ms`,
        next: `see what it waits for, or raise ${setting}.timeoutMs`,
      }
    case "silent":
      return {
        reason: `${command} said nothing for ${config.noOutputTimeoutMs} ms`,
        next: `see what it waits for, or raise ${setting}.noOutputTimeoutMs`,
      }
    case "flooding":
      return {
        reason: `${command} wrote more than ${config.maxOutputBytes} bytes`,
        next: `let it print only its answer, or raise ${setting}.maxOutputBytes`,
      }
    case "killed":
      return { reason: `${command} was ended by ${ending.signal}`, next: tryIt }
    case "exited":
      return ending.code === 0
        ? undefined
        : { reason: `${command} ended with exit code ${ending.code}`, next: tryIt }
  }
}
