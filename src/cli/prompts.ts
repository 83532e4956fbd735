import { loadAside } from "../kernel/aside.ts"
import type { Context } from "./command.ts"
import type * as Library from "./library/prompts.ts"

export interface Choice<T extends string> {
  value: T
  label: string
  hint?: string
}

/** Questions to the person at the terminal. Every one throws `Cancelled` at Ctrl-C. */
export interface Prompts {
  intro(title: string): void
  outro(text: string): void
  /** A framed text under a title. */
  note(title: string, lines: readonly string[]): void
  /** One line of what happened. */
  good(text: string): void
  warn(text: string): void
  say(text: string): void
  select<T extends string>(question: {
    message: string
    options: readonly Choice<T>[]
    initial?: T
  }): Promise<T>
  /** `check` says what is wrong with an answer, or nothing. */
  text(question: {
    message: string
    initial?: string
    placeholder?: string
    check?: (text: string) => string | undefined
  }): Promise<string>
  /** Like `text`, and nothing typed is shown. */
  secret(question: {
    message: string
    check?: (text: string) => string | undefined
  }): Promise<string>
  confirm(question: { message: string; initial?: boolean }): Promise<boolean>
  /** Shows that something is under way. */
  busy<T>(doing: string, work: () => Promise<T>): Promise<T>
}

/** The person left in the middle of the questions. */
export class Cancelled extends Error {}

interface Terminal {
  isTTY?: boolean
  write(text: string): unknown
}

/** Questions go where the result does not: to stderr when stdout is for one JSON document. */
const streamFor = (json: boolean): Terminal & NodeJS.WriteStream =>
  json ? process.stderr : process.stdout

/** Someone is there to be asked. */
export const canAsk = ({ json = false }: { json?: boolean } = {}) =>
  Boolean(process.stdin.isTTY && streamFor(json).isTTY)

/** Opens the prompts; nothing of them is loaded before. */
export const openPrompts = async (
  { out }: Pick<Context, "out">,
  { json = false }: { json?: boolean } = {},
): Promise<Prompts> => {
  const clack = await loadAside<typeof Library>("cli/library/prompts")
  const coloured = (json ? out.notePaint : out.paint).muted(".") !== "."
  const output = asScreen(streamFor(json), { coloured })
  const on = { output, input: process.stdin }
  const answered = <T>(answer: T) => {
    if (typeof answer === "symbol") throw new Cancelled()
    return answer as Exclude<T, symbol>
  }
  const checked = (check?: (text: string) => string | undefined) =>
    check && ((text: string | undefined) => check((text ?? "").trim()))
  return {
    intro: (title) => clack.intro(title, on),
    outro: (text) => clack.outro(text, on),
    note: (title, lines) => clack.note(lines.join("\n"), title, { ...on, format: (line) => line }),
    good: (text) => clack.log.success(text, on),
    warn: (text) => clack.log.warn(text, on),
    say: (text) => clack.log.message(text, on),
    select: async <T extends string>({
      message,
      options,
      initial,
    }: {
      message: string
      options: readonly Choice<T>[]
      initial?: T
    }) =>
      answered(
        await clack.select<string>({
          ...on,
          message,
          options: [...options],
          initialValue: initial,
          showInstructions: false,
        }),
      ) as T,
    text: async ({ message, initial, placeholder, check }) =>
      answered(
        await clack.text({
          ...on,
          message,
          initialValue: initial,
          placeholder,
          validate: checked(check),
        }),
      ).trim(),
    secret: async ({ message, check }) =>
      answered(await clack.password({ ...on, message, validate: checked(check) })).trim(),
    confirm: async ({ message, initial = true }) =>
      answered(await clack.confirm({ ...on, message, initialValue: initial })),
    busy: (doing, work) => spin({ output, unicode: clack.unicode, doing }, work),
  }
}

/**
 * The terminal as the prompts use it. One that does not know its width, as on a serial line, is
 * taken for a usual one. Without colours the cursor still moves, and nothing is painted.
 */
const asScreen = (stream: Terminal & NodeJS.WriteStream, { coloured }: { coloured: boolean }) =>
  Object.create(stream, {
    columns: { get: () => stream.columns || 80 },
    rows: { get: () => stream.rows || 24 },
    ...(!coloured && {
      write: {
        // oxlint-disable-next-line no-control-regex -- colours are control characters
        value: (text: string) => stream.write(text.replace(/\x1b\[[\d;]*m/g, "")),
      },
    }),
  }) as typeof stream

/** Not the library's own: at Ctrl-C that one ends the process as if all had gone well. */
const spin = async <T>(
  { output, unicode, doing }: { output: Terminal; unicode: boolean; doing: string },
  work: () => Promise<T>,
) => {
  const frames = unicode ? ["◒", "◐", "◓", "◑"] : ["-", "\\", "|", "/"]
  let at = 0
  const draw = () =>
    output.write(`\r\x1b[K\x1b[35m${frames[at++ % frames.length]}\x1b[39m  ${doing}…`)
  output.write(`${unicode ? "│" : "|"}\n`)
  draw()
  const timer = setInterval(draw, 90)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    output.write("\r\x1b[K\x1b[1A\r\x1b[K")
  }
}
