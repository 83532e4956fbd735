import type { z } from "zod"

/** What is wrong with a value, for whoever sent it: an error map for `safeParse`. Fields' own words go before. */
export const inWords = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is missing"
      return kinds[issue.expected] && `must be ${kinds[issue.expected]}`
    case "too_small":
      return issue.minimum === 1 && issue.origin in units
        ? "must not be empty"
        : `must ${bound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum)}`
    case "too_big":
      return `must ${bound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum)}`
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`
    case "unrecognized_keys":
      return `has fields nobody knows here: ${issue.keys.join(", ")}`
    default:
      return undefined
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
}

const units: Readonly<Record<string, string>> = {
  string: "characters",
  array: "entries",
  object: "fields",
}

const bound = (origin: string, side: string, limit: number | bigint) =>
  origin in units ? `have ${side} ${limit} ${units[origin]}` : `be ${side} ${limit}`
