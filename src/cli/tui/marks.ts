import type { Paint } from "../paint.ts"

const fence = /^\s*(?:```|~~~)/
const heading = /^\s*#{1,6}\s+(.+)$/
const mark = /(\*\*|`)/

/**
 * Paints what Markdown marks, in lines that are wrapped already. Where there are no colours, the
 * marks are all there is to see of it, and stay.
 */
export const paintMarks = (lines: readonly string[], paint: Paint): string[] => {
  if (paint.heading("x") === "x") return [...lines]
  let [fenced, bold, code] = [false, false, false]
  const painted = (part: string) => {
    if (part === "`") code = !code
    else if (part === "**" && !code) bold = !bold
    else return code ? paint.accent(part) : bold ? paint.heading(part) : part
    return ""
  }
  return lines.flatMap((line) => {
    if (fence.test(line)) {
      fenced = !fenced
      return []
    }
    if (fenced) return [paint.accent(line)]
    // A mark that is never closed ends with its paragraph.
    if (!line.trim()) [bold, code] = [false, false]
    const title = heading.exec(line)?.[1]
    return [title ? paint.heading(title) : line.split(mark).map(painted).join("")]
  })
}
