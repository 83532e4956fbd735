/** What an agent wrote into its answer for its delivery, taken out of the words (contract 10 §8.5). */
export interface ReplyText {
  text: string
  /** The message it answers: the one that came in, or one by id. */
  replyTo?: "current" | { id: string }
  voice: boolean
  /** Paths and addresses of files, as they were written. */
  media: readonly string[]
}

const tag =
  /\[\[\s*(?:(reply_to_current)|reply_to\s*:\s*([^\]\s]{1,200})|(audio_as_voice))\s*\]\][ \t]*/gi
const fence = /^ {0,3}(```+|~~~+)/
const mediaLine = /^\s*(?:[-*]\s+)?MEDIA:\s*(\S.*?)\s*$/

export const readReply = (written: string): ReplyText => {
  let replyTo: ReplyText["replyTo"]
  let voice = false
  const media: string[] = []
  let open: string | undefined
  const lines: string[] = []
  for (const line of written.split("\n")) {
    const marks = fence.exec(line)?.[1]
    if (open) {
      if (marks?.startsWith(open) && line.trim() === marks) open = undefined
      lines.push(line)
      continue
    }
    if (marks) open = marks
    const source = mediaLine.exec(line)?.[1]
    if (source && !marks) {
      media.push(unquoted(source))
      continue
    }
    const clean = line.replace(tag, (_, current?: string, id?: string) => {
      if (current) replyTo ??= "current"
      else if (id) replyTo ??= { id }
      else voice = true
      return ""
    })
    // A line that held nothing but a tag is no line of the text.
    if (clean.trim() || clean === line) lines.push(clean)
  }
  return { text: lines.join("\n").trim(), ...(replyTo && { replyTo }), voice, media }
}

const unquoted = (text: string) => /^(["'`])(.*)\1$/.exec(text)?.[2] ?? text

/** The words of an answer that is not complete yet: nothing that may become a tag is shown. */
export const readGrowing = (written: string): string => {
  const cut = written.replace(
    /\[\[[^\]\n]*\]?$|\[$|(?:^|\n)\s*(?:[-*]\s+)?M(?:E(?:D(?:I(?:A(?::[^\n]*)?)?)?)?)?$/,
    "",
  )
  return readReply(cut).text
}
