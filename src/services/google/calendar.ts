import * as z from "zod"
import { untrusted } from "../../kernel/untrusted.ts"
import { incomplete, outOfBounds } from "../faults.ts"
import type { CalendarRead, CalendarWrite } from "./calendar-tools.ts"
import type { GoogleClient } from "./service.ts"
import type { CalendarSettings } from "./settings.ts"

interface Given {
  settings: CalendarSettings
  signal: AbortSignal
}

const moment = z.object({ date: z.string().optional(), dateTime: z.string().optional() }).optional()
const person = z.object({
  email: z.string().optional(),
  displayName: z.string().optional(),
  responseStatus: z.string().optional(),
})
const event = z.object({
  id: z.string(),
  status: z.string().optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  location: z.string().optional(),
  htmlLink: z.string().optional(),
  start: moment,
  end: moment,
  organizer: person.optional(),
  attendees: z.array(person).default([]),
  recurrence: z.array(z.string()).default([]),
})
type Event = z.output<typeof event>

const events = z.object({ items: z.array(event).default([]), nextPageToken: z.string().optional() })
const calendars = z.object({
  items: z
    .array(
      z.object({
        id: z.string(),
        summary: z.string().default(""),
        accessRole: z.string().default(""),
        primary: z.boolean().optional(),
        timeZone: z.string().optional(),
      }),
    )
    .default([]),
})
const busy = z.object({
  calendars: z.record(
    z.string(),
    z.object({
      busy: z.array(z.object({ start: z.string(), end: z.string() })).default([]),
      errors: z.array(z.object({ reason: z.string().default("unknown") })).default([]),
    }),
  ),
})

export const read = async (wish: CalendarRead, google: GoogleClient, given: Given) => {
  const { what, calendar, id, from, to, timeZone, query, limit, page } = wish
  const { settings, signal } = given
  const source = `Google Calendar, ${what}`
  switch (what) {
    case "calendars": {
      const { items } = calendars.parse(
        await google.ask("calendar", "/users/me/calendarList", { signal }),
      )
      const lines = items
        .filter((one) => isGiven(one.id, settings) || (one.primary && isGiven("primary", settings)))
        .map(
          ({ id, summary, accessRole, primary, timeZone }) =>
            `${id}${primary ? " (primary)" : ""}: ${summary} [${accessRole}] ${timeZone ?? ""}`,
        )
      return untrusted(lines.join("\n") || "[none]", { source })
    }
    case "event": {
      if (!id) throw incomplete({ action: what, needs: "id" })
      const one = await google.ask(
        "calendar",
        `${at(calendar, settings)}/${encodeURIComponent(id)}`,
        {
          what: `event ${id}`,
          signal,
        },
      )
      return untrusted(wholeOf(event.parse(one)), { source })
    }
    case "events": {
      const { items, nextPageToken } = events.parse(
        await google.ask("calendar", at(calendar, settings), {
          query: {
            timeMin: from && moment3339(from),
            timeMax: to && moment3339(to),
            timeZone,
            q: query,
            maxResults: limit,
            pageToken: page,
            singleEvents: true,
            orderBy: "startTime",
          },
          what: `calendar ${calendar}`,
          signal,
        }),
      )
      const text = items.map(lineOf).join("\n") || "[nothing found]"
      const more = nextPageToken ? `\n[there is more: page "${nextPageToken}"]` : ""
      return untrusted(text, { source }) + more
    }
    case "free_busy": {
      if (!from || !to) throw incomplete({ action: what, needs: "from and to" })
      const asked = wish.calendars ?? [calendar]
      for (const one of asked) at(one, settings)
      const body = {
        timeMin: moment3339(from),
        timeMax: moment3339(to),
        timeZone,
        items: asked.map((id) => ({ id })),
      }
      const answer = busy.parse(
        await google.ask("calendar", "/freeBusy", { method: "POST", body, signal }),
      )
      const lines = Object.entries(answer.calendars).map(([id, one]) => {
        const times = one.busy.map(({ start, end }) => `${start} to ${end}`).join("; ")
        const problem = one.errors.map(({ reason }) => reason).join(", ")
        return `${id}: ${problem ? `cannot be seen (${problem})` : times ? `busy ${times}` : "free"}`
      })
      return untrusted(lines.join("\n"), { source })
    }
  }
}

export const write = async (wish: CalendarWrite, google: GoogleClient, given: Given) => {
  const { action, calendar, id, start, end, notify } = wish
  const { settings, signal } = given
  const base = at(calendar, settings)
  const query = { sendUpdates: notify ? "all" : "none" }
  if (action !== "create" && !id) throw incomplete({ action, needs: "id" })
  const place = `${base}/${encodeURIComponent(id ?? "")}`
  const what = `event ${id}`
  switch (action) {
    case "create": {
      if (!wish.title || !start || !end) throw incomplete({ action, needs: "title, start and end" })
      const made = event.parse(
        await google.ask("calendar", base, {
          method: "POST",
          query,
          body: bodyOf(wish),
          what: `calendar ${calendar}`,
          signal,
        }),
      )
      return `Made the event ${made.id}.\n${untrusted(lineOf(made), { source: "Google Calendar" })}`
    }
    case "update": {
      const body = bodyOf(wish)
      if (!Object.keys(body).length) throw incomplete({ action, needs: "something to change" })
      const now = event.parse(
        await google.ask("calendar", place, { method: "PATCH", query, body, what, signal }),
      )
      return `Changed the event ${id}.\n${untrusted(lineOf(now), { source: "Google Calendar" })}`
    }
    case "delete":
      await google.ask("calendar", place, { method: "DELETE", query, what, signal })
      return `Deleted the event ${id}.`
  }
}

/** Only what was said: what an update leaves out stays as it is. */
const bodyOf = ({
  title: summary,
  description,
  location,
  start,
  end,
  timeZone,
  attendees,
  recurrence,
}: CalendarWrite) =>
  Object.fromEntries(
    Object.entries({
      summary,
      description,
      location,
      start: start && timeOf(start, timeZone),
      end: end && timeOf(end, timeZone),
      attendees: attendees?.map((email) => ({ email })),
      recurrence,
    }).filter(([, value]) => value !== undefined),
  )

/** A day and a moment are two kinds, and each has to take the other away where one was. */
const timeOf = (text: string, timeZone: string | undefined) => {
  if (!text.includes("T")) return { date: text, dateTime: null, timeZone: null }
  if (!timeZone && !hasOffset(text))
    throw incomplete({ action: text, needs: "an offset such as +01:00, or a timeZone" })
  return { dateTime: withSeconds(text), date: null, ...(timeZone && { timeZone }) }
}

const hasOffset = (text: string) => /(?:Z|[+-]\d\d:\d\d)$/.test(text)
const withSeconds = (text: string) => text.replace(/(T\d\d:\d\d)(?=Z|[+-]|$)/, "$1:00")

/** As a bound Google wants a moment with its offset; without one it is meant in UTC. */
const moment3339 = (text: string) => {
  const whole = text.includes("T") ? withSeconds(text) : `${text}T00:00:00`
  return hasOffset(whole) ? whole : `${whole}Z`
}

const isGiven = (id: string, { calendars }: CalendarSettings) =>
  !calendars.length || calendars.some((one) => one.toLowerCase() === id.toLowerCase())

/** Where a calendar's events are. */
const at = (calendar: string, settings: CalendarSettings) => {
  if (!isGiven(calendar, settings))
    throw outOfBounds({ what: calendar, setting: "services.calendar.calendars" })
  return `/calendars/${encodeURIComponent(calendar)}/events`
}

const nameOf = ({ displayName, email }: z.output<typeof person>) =>
  displayName ?? email ?? "someone"
const timesOf = ({ start, end }: Event) =>
  `${start?.dateTime ?? start?.date ?? "?"} to ${end?.dateTime ?? end?.date ?? "?"}`

const lineOf = (one: Event) =>
  `${one.id} ${timesOf(one)}: ${one.summary ?? "(no title)"}${one.location ? ` @ ${one.location}` : ""}${one.status === "cancelled" ? " (cancelled)" : ""}`

const wholeOf = (one: Event) =>
  [
    lineOf(one),
    one.organizer && `Organizer: ${nameOf(one.organizer)}`,
    ...one.attendees.map((who) => `Attendee: ${nameOf(who)} (${who.responseStatus ?? "unknown"})`),
    ...one.recurrence,
    one.htmlLink,
    one.description && `\n${one.description}`,
  ]
    .filter(Boolean)
    .join("\n")
