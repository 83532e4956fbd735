import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { useFresh } from "../../resource.ts"
import { createSessionList, pageSize } from "../../session-list.ts"

/** Events come in bursts; the list is read once when one is over. */
const quietMs = 400

/** Every session there is, or every one of an agent, page by page; kept current by events. */
export const useSessions = (gateway: Gateway, agentId?: string) => {
  const list = useMemo(() => {
    const made = createSessionList(() => gateway)
    made.agentId.value = agentId
    return made
  }, [gateway, agentId])
  const [failure, setFailure] = useState<Failure>()
  const [isRead, setRead] = useState(false)
  const more = useRef({ isReading: false, again: false })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const attempt = async (read: () => Promise<void>) => {
    try {
      await read()
      setFailure(undefined)
    } catch (thrown) {
      setFailure(failureOf(thrown))
    }
    setRead(true)
  }
  const load = () => attempt(list.load)
  useFresh(gateway, () => void load())
  useEffect(() => {
    const end = gateway.on("sessions.changed", (changed) => {
      if (list.heard(changed)) return
      const { session, reason } = changed
      const isFiltered = Boolean(list.search.peek() || list.agentId.peek())
      // Whoever is far down in the list is to stay there.
      if (!isFiltered && reason !== "delete" && list.rows.peek().length > pageSize)
        return list.put(session, reason === "create")
      clearTimeout(timer.current)
      timer.current = setTimeout(() => void load(), quietMs)
    })
    return () => {
      end()
      clearTimeout(timer.current)
    }
  }, [list])

  return {
    list,
    failure,
    isRead,
    load,
    async more() {
      const { current: reading } = more
      reading.again = true
      if (reading.isReading) return
      reading.isReading = true
      while (reading.again) {
        reading.again = false
        await attempt(list.more)
      }
      reading.isReading = false
    },
  }
}
