import * as z from "zod"
import type { Env } from "../config/paths.ts"
import { local, type LocalChoice } from "./choices.ts"

/** A model server that answers on this machine, and the models it would run, best guess first. */
export interface FoundServer extends LocalChoice {
  models: readonly string[]
}

const listing = z.object({ data: z.array(z.object({ id: z.string().min(1).max(200) })) })
const patienceMs = 800
const mostBytes = 1_000_000

/** Asks the usual ports of this machine, all at once. What does not answer soon is not there. */
export const findServers = async (choices: readonly LocalChoice[]): Promise<FoundServer[]> => {
  const asked = await Promise.all(
    choices.map(async (choice) => ({ ...choice, models: await modelsAt(choice.baseUrl) })),
  )
  return asked.filter(({ models }) => models.length > 0)
}

/** The models a server offers for conversation; none when it is no such server. */
export const modelsAt = async (baseUrl: string): Promise<string[]> => {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, {
      signal: AbortSignal.timeout(patienceMs),
      redirect: "error",
    })
    if (!response.ok || Number(response.headers.get("content-length") ?? 0) > mostBytes) return []
    const { data } = listing.parse(await response.json())
    return data.map(({ id }) => id).filter((id) => !/embed|rerank|whisper|tts/i.test(id))
  } catch {
    return []
  }
}

/** `FASED_MODEL_SERVERS=ollama=http://127.0.0.1:4000/v1,…` says where else to look, on this machine only. */
export const serverChoices = ({ FASED_MODEL_SERVERS: text }: Env): readonly LocalChoice[] => {
  if (text === undefined) return local
  return text.split(",").flatMap((entry) => {
    const [id = "", baseUrl = ""] = entry.trim().split(/=(.*)/s)
    const known = local.find((choice) => choice.id === id)
    return known && onThisMachine(baseUrl) ? [{ ...known, baseUrl }] : []
  })
}

const onThisMachine = (url: string) =>
  URL.canParse(url) && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname)
