import type { Packed } from "./packed.ts"

/** What no honest skill has to do, and how a refusal says it. */
const suspicious: readonly (readonly [pattern: RegExp, does: string])[] = [
  [
    /\b(?:curl|wget)\b[^\n]{0,400}\|\s*(?:sudo\s+)?(?:\S*\/)?(?:ba|z|da|k)?sh\b/i,
    "runs whatever a server sends (a download piped into a shell)",
  ],
  [
    /\b(?:curl|wget)\b[^\n]{0,400}\|\s*(?:sudo\s+)?(?:python3?|node|perl|ruby|bun)\b/i,
    "runs whatever a server sends (a download piped into an interpreter)",
  ],
  [
    /(?:eval|(?:ba|z)?sh\s+-c|source|\.)\s*["']?[$<`]\(?\s*(?:curl|wget)\b/i,
    "runs whatever a server sends",
  ],
  [
    /base64\s+(?:-d|-D|--decode)[^\n]{0,200}\|\s*(?:ba|z|da)?sh\b|\beval\s*\(\s*(?:atob|base64)/i,
    "runs a program that it hides as base64",
  ],
  [/\/dev\/(?:tcp|udp)\/|\bnc(?:at)?\b[^\n]{0,80}\s-e\s/i, "opens a shell to another machine"],
  [
    /(?:\.ssh\/id_|\.aws\/credentials|\.gnupg\/|\.netrc\b|\/etc\/shadow|login\.keychain|\.fased\/(?:secrets|fased\.db|\.env)|Login Data)/i,
    "reaches for keys and passwords of this machine",
  ],
  [
    /\b(?:env|printenv)\b\s*\|[^\n]{0,120}\b(?:curl|wget|nc)\b|\bcurl\b[^\n]{0,300}\$\((?:env|printenv)\b/i,
    "sends the environment elsewhere",
  ],
  [
    />>\s*["']?(?:~|\$HOME)\/\.(?:bashrc|zshrc|profile|bash_profile)|\bcrontab\s+-(?!l\b)/i,
    "makes itself permanent on this machine",
  ],
  [
    /(?:ignore|disregard|forget)\s+(?:all\s+|any\s+)?(?:previous|prior|earlier|above)\s+(?:instructions|rules)/i,
    "tells models to ignore their instructions",
  ],
  [/[\u202a-\u202e\u2066-\u2069]|[\u{e0020}-\u{e007f}]/u, "hides text from those who read it"],
]

/** Beginnings of programs that nobody can read. */
const programs: readonly (readonly number[])[] = [
  [0x7f, 0x45, 0x4c, 0x46],
  [0x4d, 0x5a],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xfe, 0xed, 0xfa, 0xcf],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x00, 0x61, 0x73, 0x6d],
]

/** Where pictures and fonts have bytes that are no text. */
const media = /\.(?:png|jpe?g|gif|webp|ico|pdf|woff2?|ttf|otf)$/i

/** What speaks against a skill; nothing when it may be installed. What cannot be read does. */
export const scan = (files: readonly Packed[]): string[] => [
  ...new Set(
    files.flatMap(({ path, bytes }) => {
      const at = ` in ${path.slice(0, 120)}`
      if (programs.some((start) => start.every((byte, index) => bytes[index] === byte)))
        return [`holds a compiled program${at}`]
      if (media.test(path)) return []
      const text = readable(bytes)
      if (text === undefined) return [`holds something that cannot be read${at}`]
      return suspicious.flatMap(([pattern, does]) => (pattern.test(text) ? [`${does}${at}`] : []))
    }),
  ),
]

/** A shell goes on in the next line after a backslash, and so does the search. */
const readable = (bytes: Uint8Array) => {
  if (bytes.includes(0)) return undefined
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return text.replace(/\\\r?\n\s*/g, " ").replace(/\|\s*\r?\n\s*/g, "| ")
  } catch {
    return undefined
  }
}
