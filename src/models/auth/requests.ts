import * as z from "zod"
import { badProfile } from "./faults.ts"
import { unused } from "./profile.ts"
import type { Credential, Profile } from "./profile.ts"
import type { ModelAuth } from "./service.ts"

const form = /^([a-z0-9][a-z0-9._-]{0,63}):[\w.@+-]{1,128}$/i

export const profileNamed = z
  .string()
  .max(256)
  .regex(form, "must be <provider>:<name>")
  .describe("Profile, as provider:name.")

export const agentParam = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be an agent's id")
  .optional()
  .describe("Agent it is for; default: the main one, whose profiles serve all.")

/** A secret as it was typed: one piece, and not a hidden one sent back. */
export const secretParam = z
  .string()
  .trim()
  .min(8, "is too short for a key")
  .max(20_000)
  .regex(/^[\x21-\x7e]+$/, "has spaces, line breaks or letters that no key has")

export const agentOf = (agentId: string | undefined, auth: Pick<ModelAuth, "mainAgent">) =>
  agentId ?? auth.mainAgent()

/** A profile that was never used. Its name begins with its provider, so that neither is taken for another. */
export const newProfile = (of: {
  agentId: string
  id: string
  provider: string
  email?: string
  credential: Credential
}): Profile => {
  if (!form.test(of.id)) throw badProfile({ problem: `"${of.id}" is not <provider>:<name>` })
  if (!of.id.startsWith(`${of.provider}:`))
    throw badProfile({ problem: `"${of.id}" does not begin with ${of.provider}:` })
  return { ...of, usage: unused }
}
