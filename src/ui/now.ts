import { useEffect, useState } from "preact/hooks"

/** The time, again and again while `everyMs` passes and the page is looked at. */
export const useNow = (everyMs = 30_000) => {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => document.hidden || setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
