/** What Slack says when it does not do as asked, and what to do about it. */
import { connectionOver, notSent } from "../../kernel/network.ts"
import { asOver } from "../over-http.ts"

/** An answer that is no success, as the Web API words it. */
export class SlackRefusal extends Error {
  constructor(
    readonly method: string,
    /** Slack's own word, such as `not_in_channel`. */
    readonly code: string,
    readonly detail: { status?: number; retryAfterMs?: number; needed?: string } = {},
  ) {
    super(`Slack answered ${method} with ${code}`)
    this.name = "SlackRefusal"
  }
}

/** No answer came. `left` says whether the request was on its way. */
export class SlackUnreachable extends Error {
  constructor(
    readonly method: string,
    readonly left: boolean,
    cause: unknown,
  ) {
    super(`Slack did not answer ${method}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
    this.name = "SlackUnreachable"
  }
}

/** The account is not let in, and trying again changes nothing. */
const lockedOut = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "user_removed_from_team",
  "team_disabled",
  "missing_scope",
  "not_allowed_token_type",
  "no_permission",
  "org_login_required",
  "access_denied",
])
const busy = new Set(["ratelimited", "rate_limited", "service_unavailable", "http_503"])
/** Slack's own words for: some of it may have happened. */
const half = /^(?:internal_error|fatal_error|request_timeout|http_5\d\d)$/
const unreadable = new Set(["invalid_blocks", "invalid_blocks_format", "invalid_arguments"])

const hints: Readonly<Record<string, string>> = {
  not_in_channel: "Invite the bot there: /invite @its-name",
  channel_not_found:
    "Check the id, and invite the bot if the channel is private: /invite @its-name",
  is_archived: "The channel is archived; unarchive it or write elsewhere.",
  restricted_action: "A workspace setting keeps the bot from writing there; ask an admin.",
  msg_too_long: "Lower channels.slack.textChunkLimit.",
  invalid_auth: "Copy the token anew from the app's page at api.slack.com/apps.",
  not_authed: "Set channels.slack.botToken.",
  account_inactive: "The app was removed from the workspace; install it again and copy its token.",
  token_revoked: "The token was revoked; install the app again and copy its token.",
  token_expired: "The token has expired; install the app again and copy its token.",
  not_allowed_token_type:
    "That is the wrong kind of token: bot tokens begin with xoxb-, app tokens with xapp-.",
  invalid_name: "Slack knows reactions by name, such as eyes or white_check_mark.",
  link_disabled: "Turn on Socket Mode at the app's page at api.slack.com/apps.",
}

const hintFor = ({ method, code, detail }: SlackRefusal) => {
  // The one thing that is asked with the app token.
  const isOfApp = method === "apps.connections.open"
  if (isOfApp && lockedOut.has(code) && code !== "not_allowed_token_type")
    return "Copy the app token (xapp-…, with connections:write) anew from the app's page, under Basic Information."
  return code === "missing_scope"
    ? `Add the scope ${detail.needed ?? "it names"} at the app's page, under OAuth & Permissions, and install the app again.`
    : hints[code]
}

export const isLockedOut = (error: unknown): error is SlackRefusal =>
  error instanceof SlackRefusal && lockedOut.has(error.code)

/** What came of a part that was not sent. */
export const toNotSent = (error: unknown) => {
  if (error instanceof SlackUnreachable)
    return notSent({ why: error.left ? "lost" : "offline", text: error.message }, error)
  if (!(error instanceof SlackRefusal)) return error
  const { code, detail, message } = error
  const told = { text: message, hint: hintFor(error), retryAfterMs: detail.retryAfterMs }
  if (busy.has(code)) return notSent({ why: "busy", ...told }, error)
  if (half.test(code)) return notSent({ why: "lost", ...told }, error)
  if (unreadable.has(code)) return notSent({ why: "unformatted", ...told }, error)
  return notSent({ why: "refused", ...told }, error)
}

/** Why a connection cannot be. */
export const toConnectionOver = (error: unknown) => {
  if (isLockedOut(error) || (error instanceof SlackRefusal && error.code === "link_disabled"))
    return connectionOver(
      { why: "credentials", text: `${error.message}.`, hint: hintFor(error) },
      error,
    )
  return asOver(error)
}

/** For a person: what is wrong and what to do. */
export const finding = (error: unknown) =>
  error instanceof SlackRefusal
    ? { text: error.message, hint: hintFor(error) }
    : { text: error instanceof Error ? error.message : String(error) }

/** Passes over what says that it is already as it should be. */
export const unless = (code: string) => (error: unknown) => {
  if (!(error instanceof SlackRefusal && error.code === code)) throw error
}

/** What fails on the way out fails as the outbox knows it. */
export const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw notSent.is(error) ? error : toNotSent(error)
  }
}
