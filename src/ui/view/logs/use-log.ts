import { useEffect, useRef, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { readLine } from "./line.ts"
import type { Line } from "./line.ts"

/** What this page holds of it at most; older lines go. */
const most = 5000
/** What is read when the page opens. */
const first = { limit: 2000, maxBytes: 1_000_000 }
/** Lines that come together are drawn together. */
const drawMs = 120

interface Reading {
  lines: readonly Line[]
  file?: string
  failure?: Failure
  isRead: boolean
}

/** The log: its newest lines, and each line that is written from now on. */
export const useLog = (gateway: Gateway) => {
  const [state, setState] = useState<Reading>({ lines: [], isRead: false })
  const count = useRef(0)

  useEffect(() => {
    /** Lines that were told of and are not shown yet. */
    let arrived: string[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    let readings = 0
    const number = (lines: readonly string[]) => lines.map((raw) => readLine(raw, count.current++))
    const draw = () => {
      timer = undefined
      const more = number(arrived)
      arrived = []
      setState((before) => ({ ...before, lines: [...before.lines, ...more].slice(-most) }))
    }
    const read = async () => {
      const mine = ++readings
      clearTimeout(timer)
      timer = undefined
      arrived = []
      try {
        // First, so that nothing is missed in between.
        await gateway.call("logs.subscribe")
        const { lines, file } = await gateway.call("logs.tail", first)
        if (mine !== readings) return
        const known = new Set(lines.slice(-500))
        const since = arrived.filter((line) => !known.has(line))
        arrived = []
        setState({ lines: number([...lines, ...since]).slice(-most), file, isRead: true })
      } catch (thrown) {
        if (mine !== readings) return
        setState((before) => ({ ...before, failure: failureOf(thrown), isRead: true }))
      }
    }
    const ends = [
      gateway.onFresh(() => void read()),
      gateway.on("logs.lines", ({ lines, truncated }) => {
        if (truncated) return void read()
        arrived.push(...lines)
        timer ??= setTimeout(draw, drawMs)
      }),
    ]
    return () => {
      readings++
      clearTimeout(timer)
      for (const end of ends) end()
      // Where the connection is gone it has ended already.
      gateway.call("logs.unsubscribe").catch(() => {})
    }
  }, [gateway])

  return state
}
