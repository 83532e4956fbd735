import type { RefObject } from "preact"
import { useLayoutEffect, useState } from "preact/hooks"

/** How wide a box is, whatever happens to the window. Zero until it is there. */
export const useWidth = (box: RefObject<HTMLElement | null>) => {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const { current } = box
    if (!current) return
    setWidth(current.clientWidth)
    const watch = new ResizeObserver(() => setWidth(current.clientWidth))
    watch.observe(current)
    return () => watch.disconnect()
  }, [])
  return width
}
