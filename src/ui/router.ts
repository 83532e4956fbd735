import { signal } from "@preact/signals"

/** Where the page is: `/agents/main/models` is the page `agents` with the rest `main`, `models`. */
export interface Place {
  page: string
  rest: readonly string[]
  query: URLSearchParams
}

type Address = Pick<Location, "pathname" | "search">

/** The page's own part of an address; `base` begins and ends with a slash. */
export const placeOf = ({ pathname, search }: Address, base: string): Place => {
  const inside = pathname.startsWith(base) ? pathname.slice(base.length) : ""
  const [page = "", ...rest] = inside.split("/").filter(Boolean).map(decoded)
  return { page, rest, query: new URLSearchParams(search) }
}

const decoded = (segment: string) => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** `to` is under the base path: `overview`, `agents/main`, `?session=…`. */
export const hrefOf = (to: string, base: string) => base + to.replace(/^\//, "")

/** Where a conversation is in the chat. */
export const chatOf = (session: string) => `?${new URLSearchParams({ session })}`

/** Follows the browser's address and moves it. */
export const createRouter = (window: Window, base: string) => {
  const place = signal(placeOf(window.location, base))
  const look = () => {
    place.value = placeOf(window.location, base)
  }
  window.addEventListener("popstate", look)
  const move = (how: "pushState" | "replaceState") => (to: string) => {
    const { pathname, search } = window.location
    const href = hrefOf(to, base)
    if (href !== pathname + search) window.history[how](null, "", href)
    look()
  }
  return {
    base,
    place,
    href: (to: string) => hrefOf(to, base),
    /** Goes there; the way back leads here. */
    go: move("pushState"),
    /** Says in the address what is shown already. */
    tell: move("replaceState"),
  }
}

export type Router = ReturnType<typeof createRouter>
