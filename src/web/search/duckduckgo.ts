import type { Hit } from "./service.ts"

/** The results of DuckDuckGo's page for browsers without scripts; it has no API for them. */
export const readDuckDuckGo = (html: string): Hit[] => {
  const hits: Hit[] = []
  const last = () => hits.at(-1)
  new HTMLRewriter()
    .on("a.result__a", {
      element: (element) =>
        void hits.push({ title: "", url: target(element.getAttribute("href") ?? ""), snippet: "" }),
      text({ text }) {
        const hit = last()
        if (hit) hit.title += text
      },
    })
    .on(".result__snippet", {
      text({ text }) {
        const hit = last()
        if (hit) hit.snippet += text
      },
    })
    .transform(html)
  return hits
    .filter(({ url }) => url !== "" && !url.includes("duckduckgo.com/y.js"))
    .map(({ title, url, snippet }) => ({ title: readable(title), url, snippet: readable(snippet) }))
}

/** Its links lead through itself; where to is in `uddg`. */
const target = (href: string) => {
  const url = URL.parse(href.replaceAll("&amp;", "&"), "https://duckduckgo.com")
  return url?.searchParams.get("uddg") ?? url?.href ?? ""
}

const signs: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
  "&#39;": "'",
  "&nbsp;": " ",
}
const readable = (text: string) =>
  text
    .replace(/&(?:amp|lt|gt|quot|nbsp|#x27|#39);/g, (sign) => signs[sign]!)
    .replace(/\s+/g, " ")
    .trim()
