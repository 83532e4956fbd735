import { stripVTControlCharacters } from "node:util"

/** A program at a terminal of its own, talked to as a person would: read, then type. */
export const atTerminal = (
  command: readonly string[],
  {
    cwd,
    env,
    cols = 100,
    rows = 50,
  }: { cwd: string; env: Record<string, string>; cols?: number; rows?: number },
) => {
  let shown = ""
  const watchers = new Set<() => void>()
  const decoder = new TextDecoder()
  const child = Bun.spawn([...command], {
    cwd,
    env: { TERM: "xterm-256color", ...env },
    terminal: {
      cols,
      rows,
      data(_, data) {
        shown += decoder.decode(data, { stream: true })
        for (const look of watchers) look()
      },
    },
  })
  const screen = () => stripVTControlCharacters(shown)
  let seen = 0
  /** Resolves when `text` has been shown after what was waited for before. */
  const sees = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const settle = (why?: string) => {
        watchers.delete(look)
        clearTimeout(patience)
        if (why === undefined) return resolve()
        reject(new Error(`${why} without "${text}":\n${screen().slice(seen)}`))
      }
      const look = () => {
        const at = screen().indexOf(text, seen)
        if (at < 0) return
        seen = at + text.length
        settle()
      }
      const patience = setTimeout(() => settle("ten seconds passed"), 10_000)
      watchers.add(look)
      look()
    })
  return {
    sees,
    screen,
    /** What was shown, with the colours and what moves the cursor. */
    raw: () => shown,
    type: (text: string) => void child.terminal!.write(text),
    resize: (cols: number, rows: number) => child.terminal!.resize(cols, rows),
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
      child.terminal!.close()
    },
  }
}

export const keys = { enter: "\r", down: "\x1b[B", up: "\x1b[A", interrupt: "\x03" } as const
