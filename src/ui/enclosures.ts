/** A file that goes with a message: a picture as a data URL, or a text that becomes part of it. */
export type Enclosure = { name: string } & (
  { kind: "picture"; url: string } | { kind: "text"; text: string }
)

const pictureTypes = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"])
const largestTextBytes = 200_000
const largestPictureBytes = 18 * 1_048_576

const readUrl = (file: Blob) =>
  new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"))
    reader.readAsDataURL(file)
  })

/** The text of a file, if it is one. */
const readText = async (file: Blob) => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())
    return text.includes("\0") ? undefined : text
  } catch {
    return undefined
  }
}

/** Takes a file in, or says why it cannot go with a message. */
export const enclose = async (file: File): Promise<Enclosure | { problem: string }> => {
  const { name, size, type } = file
  if (pictureTypes.has(type)) {
    if (size > largestPictureBytes)
      return { problem: `“${name}” is larger than 18 MB. Make the picture smaller and try again.` }
    return { kind: "picture", name, url: await readUrl(file) }
  }
  if (size > largestTextBytes)
    return {
      problem: `“${name}” is too large to send. Put it into the agent's workspace and name it in your message.`,
    }
  const text = await readText(file)
  if (text === undefined)
    return {
      problem: `“${name}” is neither a picture (PNG, JPEG, GIF, WebP) nor text. Put it into the agent's workspace and name it in your message.`,
    }
  return { kind: "text", name, text }
}

/** Longer than any fence in the text, so that it stays in one piece. */
const fenceFor = (text: string) => {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length))
  return "`".repeat(longest + 1)
}

/** The message with the texts that go with it. */
export const withTexts = (message: string, enclosures: readonly Enclosure[]) => {
  const texts = enclosures.flatMap((one) => {
    if (one.kind !== "text") return []
    const fence = fenceFor(one.text)
    return [`${one.name}:\n${fence}\n${one.text.replace(/\n$/, "")}\n${fence}`]
  })
  return [message, ...texts].join("\n\n")
}
