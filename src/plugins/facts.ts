import * as z from "zod"
import { groupSettings, rulesOf, type RoomSettings } from "../channels/rooms.ts"
import { loadAside } from "../kernel/aside.ts"
import type { AnyChannel, Conversation } from "../kernel/network.ts"
import type { idForms, Manifest } from "./manifest.ts"

type Form = (typeof idForms)[number]
const longest = 200

/** An id in its one form; undefined when it is none. */
const inForm = (form: Form, text: string): string | undefined => {
  const id = text.trim()
  if (!id || id.length > longest || /\s/.test(form === "phone" ? "" : id)) return undefined
  if (form === "lower") return id.toLowerCase()
  if (form === "number") return /^-?\d{1,20}$/.test(id) ? id : undefined
  if (form === "phone") {
    // Somebody whose number the network hides has an address instead.
    if (id.includes("@")) return id.toLowerCase()
    const digits = id.replace(/[\s().-]/g, "")
    return /^\+?[1-9]\d{5,14}$/.test(digits) ? `+${digits.replace("+", "")}` : undefined
  }
  return id
}

/**
 * What a gateway has to know of a plugin's network without asking it: all of it is data of the
 * manifest, so nothing that a plugin does holds up the gateway.
 */
export const channelFacts = (
  { id, channel, configSchema }: Manifest,
  reader: SchemaReader,
): Omit<AnyChannel, "connect" | "login" | "logout"> => {
  const { ids, targets, limits, can, aliases, label, setup, credentials, defaults } = channel
  const bare = (text: string) => {
    const typed = text.trim()
    const prefix = [`${id}:`, ...ids.prefixes].find((one) => typed.toLowerCase().startsWith(one))
    return prefix ? typed.slice(prefix.length) : typed
  }
  return {
    id,
    label,
    setup,
    aliases,
    credentials,
    limits,
    can,
    defaults,
    settings: () => settingsOf(configSchema, reader),
    normalize: (entry) => inForm(ids.form, bare(entry)),
    target(text) {
      const typed = text.trim().replace(new RegExp(`^${id}:`, "i"), "")
      for (const { prefix = "", suffix = "", form, kind } of targets) {
        if (!typed.startsWith(prefix) || !typed.endsWith(suffix)) continue
        const name = inForm(form, typed.slice(prefix.length))
        if (name) return { id: name, kind }
      }
      const forms = targets.map(
        ({ prefix = "", suffix = "", kind }) => `${prefix}<${kind}>${suffix}`,
      )
      return { problem: `A ${label} target is written ${forms.join(" or ")}.` }
    },
    room: (config: { groups?: Record<string, RoomSettings> }, conversation: Conversation) =>
      conversation.kind === "direct"
        ? { ...rulesOf(undefined, conversation), requireMention: false }
        : rulesOf(config.groups, conversation),
  }
}

/** Makes a schema of the program of a manifest's. It is the plugins' own: nothing else needs one. */
export type SchemaReader = Pick<typeof z, "fromJSONSchema">
export const loadSchemaReader = () => loadAside<SchemaReader>("plugins/library/zod")

const settingsOf = (schema: Manifest["configSchema"], { fromJSONSchema }: SchemaReader) => {
  const { properties, ...rest } = schema
  const own = fromJSONSchema({ ...rest, properties } as Parameters<typeof fromJSONSchema>[0])
  const shape = own instanceof z.ZodObject ? own.shape : {}
  const told = Object.fromEntries(
    Object.entries(shape).map(([key, field]) => {
      const { description = key, secret } = properties[key] as {
        description?: string
        secret?: boolean
      }
      return [key, (field as z.ZodType).meta({ description, ...(secret === true && { secret }) })]
    }),
  )
  return z.object({ groups: groupSettings(), ...told })
}
