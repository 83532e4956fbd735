import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { tool } from "../../kernel/tool.ts"
import { services } from "../config.ts"
import { mayUse } from "../grant.ts"
import { calendarGrant } from "./grant.ts"
import { GoogleAccount } from "./service.ts"

const needs = { services, google: GoogleAccount }

const line = onFirstUse(() => z.string().trim().min(1).max(1_000))
const calendar = onFirstUse(() =>
  z
    .string()
    .trim()
    .min(1)
    .max(256)
    .regex(/[^.]/, "is no calendar's id")
    .default("primary")
    .describe("Calendar, by id; `primary` is the account's own."),
)
const eventId = onFirstUse(() => z.string().regex(/^[\w-]{1,1024}$/, "use an id as listed"))
/** A day is a whole one; a moment has its offset, or the zone beside it says it. */
const when = onFirstUse(() =>
  z
    .string()
    .regex(
      /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/,
      "use a day, 2026-01-31, or a moment, 2026-01-31T09:30:00+01:00",
    )
    .refine((text) => !Number.isNaN(Date.parse(text)), "is no day there is"),
)
const zone = onFirstUse(() =>
  z.string().trim().min(1).max(64).optional().describe("Time zone, e.g. Europe/Berlin."),
)

const readParams = onFirstUse(() =>
  z.object({
    what: z
      .enum(["events", "event", "free_busy", "calendars"])
      .describe("`events` in a time, one `event` by id, when someone is free, or the calendars."),
    calendar: calendar(),
    calendars: z.array(line()).max(20).optional().describe("Calendars to compare, for free_busy."),
    id: eventId().optional().describe("Id of the event."),
    from: when().optional().describe("Beginning: a day or a moment."),
    to: when().optional().describe("End: a day, which is not in it any more, or a moment."),
    timeZone: zone(),
    query: line().optional().describe("Words to look for in events."),
    limit: z.int().min(1).max(100).default(25).describe("Most events to list, the first first."),
    page: z.string().max(500).optional().describe("Where to go on, as the last list said."),
  }),
)
export type CalendarRead = z.output<ReturnType<typeof readParams>>

export const calendarRead = tool({
  name: "calendar_read",
  group: "services",
  label: "Read the calendar",
  description: "Reads the operator's Google Calendar: events, one event, free time, calendars.",
  params: readParams,
  needs,
  available: ({ services, google, agentId }) => mayUse(calendarGrant(services, google), agentId),
  async run(params, { services, google, signal }) {
    const { read } = await import("./calendar.ts")
    return read(params, await google.client(), { settings: services.calendar, signal })
  },
})

const writeParams = onFirstUse(() =>
  z.object({
    action: z.enum(["create", "update", "delete"]),
    calendar: calendar(),
    id: eventId().optional().describe("Id of the event to change or delete."),
    title: line().optional(),
    description: z.string().max(8_000).optional(),
    location: line().optional(),
    start: when().optional().describe("A day, for a whole one, or a moment."),
    end: when().optional().describe("A day, which is not in it any more, or a moment."),
    timeZone: zone(),
    attendees: z
      .array(z.email())
      .max(100)
      .optional()
      .describe("Who is asked to come; replaces all."),
    recurrence: z
      .array(z.string().regex(/^(?:RRULE|EXDATE|RDATE|EXRULE)[:;][^\r\n]{1,500}$/))
      .max(10)
      .optional()
      .describe("How it repeats, e.g. `RRULE:FREQ=WEEKLY;COUNT=10`."),
    notify: z.boolean().default(false).describe("Send mail to the attendees about it."),
  }),
)
export type CalendarWrite = z.output<ReturnType<typeof writeParams>>

export const calendarWrite = tool({
  name: "calendar_write",
  group: "services",
  label: "Change the calendar",
  description: "Makes, changes and deletes events of the operator's Google Calendar.",
  params: writeParams,
  needs,
  available: ({ services, google, agentId }) =>
    mayUse(calendarGrant(services, google), agentId, "write"),
  async run(params, { services, google, signal }) {
    const { write } = await import("./calendar.ts")
    return write(params, await google.client(), { settings: services.calendar, signal })
  },
})
