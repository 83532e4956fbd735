/** What a terminal shows: lines that are ready to be written, and where the cursor stands. */
export interface Frame {
  lines: readonly string[]
  cursor: { row: number; column: number }
}

const enter = "\x1b[?1049h\x1b[?2004h\x1b[2J"
const leave = "\x1b[?2004l\x1b[?1049l\x1b[?25h"

/** Draws on the terminal's other screen, and of each frame only the lines that changed. */
export const createScreen = (write: (text: string) => void) => {
  let shown: readonly string[] = []
  return {
    open: () => write(enter),
    close: () => write(leave),
    /** After a change of size, or when something else wrote to the terminal, nothing counts. */
    forget() {
      shown = []
      write("\x1b[2J")
    },
    draw({ lines, cursor }: Frame) {
      const changed = lines.flatMap((line, row) =>
        line === shown[row] ? [] : [`\x1b[${row + 1};1H\x1b[0m${line}\x1b[0m\x1b[K`],
      )
      const gone = shown.length > lines.length ? [`\x1b[${lines.length + 1};1H\x1b[J`] : []
      shown = lines
      // Hidden while it jumps about.
      const place = `\x1b[${cursor.row + 1};${cursor.column + 1}H`
      write(`\x1b[?25l${[...changed, ...gone].join("")}${place}\x1b[?25h`)
    },
  }
}
