import type { RefObject } from "preact"
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks"

/** What is kept ready beyond the edges. */
const marginPx = 1200
const nearEndPx = 80

const isNearEnd = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight < nearEndPx

/** What a list of rows in a box that scrolls remembers between its drawings. */
class Reading {
  readonly #heights = new Map<string, number>()
  /** The row at the upper edge, and how far below the edge it begins. */
  #anchor: { key: string; offset: number } | undefined
  #lastTop = 0
  isFollowing = true

  constructor(
    private readonly box: () => HTMLElement | null,
    private readonly content: () => HTMLElement | null,
    private readonly guessPx: number,
  ) {}

  #heightOf(key: string) {
    return this.#heights.get(key) ?? this.guessPx
  }

  #rows() {
    return [...(this.content()?.querySelectorAll<HTMLElement>("[data-row]") ?? [])]
  }

  /** Which of the rows have to be there, and the room that the others take. */
  inSight(keys: readonly string[]) {
    const box = this.box()
    const height = box?.clientHeight ?? 0
    const tops = [0]
    for (const key of keys) tops.push(tops.at(-1)! + this.#heightOf(key))
    const total = tops.at(-1)!
    const held = this.#anchor ? keys.indexOf(this.#anchor.key) : -1
    const top = this.isFollowing
      ? Math.max(0, total - height)
      : held >= 0
        ? tops[held]! - this.#anchor!.offset
        : (box?.scrollTop ?? 0)
    const from = Math.max(0, tops.findIndex((at) => at >= top - marginPx) - 1)
    const after = tops.findIndex((at) => at > top + height + marginPx)
    const to = after < 0 ? keys.length : after
    return {
      from,
      to,
      beforePx: tops[from]!,
      afterPx: total - tops[to]!,
      isNearStart: top < marginPx,
    }
  }

  /** True when a row has another height than was thought. */
  measure() {
    let isOther = false
    for (const row of this.#rows()) {
      const key = row.dataset["row"]!
      if (row.offsetHeight === this.#heights.get(key)) continue
      this.#heights.set(key, row.offsetHeight)
      isOther = true
    }
    return isOther
  }

  /** Remembers what is at the upper edge. */
  #holdOn() {
    const box = this.box()
    if (!box) return
    const edge = box.getBoundingClientRect().top
    const row = this.#rows().find((one) => one.getBoundingClientRect().bottom > edge)
    this.#anchor = row && {
      key: row.dataset["row"]!,
      offset: row.getBoundingClientRect().top - edge,
    }
  }

  /** Puts the end, or what was at the upper edge, back to where it was. */
  settle() {
    const box = this.box()
    if (!box) return
    const { key, offset } = this.#anchor ?? {}
    const rows = this.#rows()
    // What stands there instead of rows is read from its beginning.
    if (this.isFollowing) box.scrollTop = rows.length ? box.scrollHeight : 0
    else {
      const row = rows.find((one) => one.dataset["row"] === key)
      if (row) {
        const top = row.getBoundingClientRect().top - box.getBoundingClientRect().top
        if (Math.abs(top - offset!) >= 1) box.scrollTop += top - offset!
      } else this.#holdOn()
    }
    this.#lastTop = box.scrollTop
  }

  scrolled() {
    const box = this.box()
    if (!box) return
    // Only moving up is the person's doing: content that grows leaves the end behind by itself.
    if (isNearEnd(box)) this.isFollowing = true
    else if (box.scrollTop < this.#lastTop - 1) this.isFollowing = false
    this.#lastTop = box.scrollTop
    this.#holdOn()
  }
}

/**
 * Which rows of a long list of rows of any height have to be elements. Rows carry `data-row` with
 * their key, anywhere in `content`. The list follows its end until the person scrolls up; from then
 * on what they read stays where it is, whatever grows above it.
 */
export const useRowsInSight = (
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  keys: readonly string[],
  /** A row that was never measured is taken to be as high as this. */
  guessPx = 140,
) => {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0)
  const kept = useRef<Reading>(undefined)
  const reading = (kept.current ??= new Reading(
    () => scroller.current,
    () => content.current,
    guessPx,
  ))

  useLayoutEffect(() => {
    const isOther = reading.measure()
    reading.settle()
    if (isOther) redraw()
  })

  useEffect(() => {
    const box = scroller.current
    const inner = content.current
    if (!box || !inner) return
    const scrolled = () => {
      reading.scrolled()
      redraw()
    }
    const grown = new ResizeObserver(() => {
      if (reading.measure()) redraw()
      reading.settle()
    })
    box.addEventListener("scroll", scrolled, { passive: true })
    grown.observe(inner)
    grown.observe(box)
    return () => {
      box.removeEventListener("scroll", scrolled)
      grown.disconnect()
    }
  }, [])

  return {
    ...reading.inSight(keys),
    isAtEnd: reading.isFollowing,
    toEnd() {
      reading.isFollowing = true
      redraw()
    },
  }
}
