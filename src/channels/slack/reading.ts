/** Text as Slack sends it, turned into text as people see it. */

/** The bot's own mention is told apart from the text; all others stay as Slack writes them. */
export const readText = (raw: string, self: string) =>
  unescape(
    raw
      .replace(new RegExp(`<@${self}(?:\\|[^>]*)?>[:,]?[^\\S\\n]*`, "g"), "")
      .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, "@$1")
      .replace(/<!subteam\^[A-Z0-9]+\|@?([^>]*)>/g, "@$1")
      .replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
      .replace(/<(?:mailto:|tel:)([^|>]+)(?:\|[^>]*)?>/g, "$1")
      .replace(/<(https?:[^|>]+)(?:\|([^>]*))?>/g, (_, href: string, label?: string) =>
        !label || label === href || bare(href) === bare(label) ? href : `${label} (${href})`,
      ),
  ).trim()

const bare = (url: string) => url.replace(/^https?:\/\//, "").replace(/\/$/, "")

const unescape = (text: string) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")

export const mentionsOf = (raw: string, self: string) => {
  const named = [...raw.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map(([, id]) => id)
  return { bot: named.includes(self), others: named.some((id) => id !== self) }
}
