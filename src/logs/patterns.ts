/**
 * What a secret looks like in running text. The first group is the part that is masked, the whole
 * match where there is none. Each is linear in the text's length and begins with something rare.
 */
const name =
  "(?:[\\w-]{0,40}[_-])?(?:api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|[a-z]{0,20}token|[a-z]{0,20}secret|[a-z]{0,20}password|passwd|passphrase)"

export const secretPatterns: readonly RegExp[] = [
  // PEM blocks, also with their line ends escaped
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----([\s\S]*?)(?:-----END|$)/g,
  // "apiKey": "…", also inside a JSON text that was put into another one
  new RegExp(`\\\\?"${name}\\\\?"\\s*:\\s*\\\\?"([^"\\\\]+)`, "gi"),
  // --token …, --api-key=…
  new RegExp(`--${name}[= ]["']?([^\\s"'\\\\]+)`, "gi"),
  // OPENAI_API_KEY=…, password: …, ?token=…&
  new RegExp(`\\b${name}\\s?[=:]\\s?["']?([^\\s"'\\\\&,;)}\\]]+)`, "gi"),
  // headers and cookies
  /\b(?:Bearer|Basic)\s+([A-Za-z0-9._~+/=-]{8,})/gi,
  /\b(?:proxy-)?authorization["']?\s?[:=]\s?["']?(?!(?:Bearer|Basic)\s)([^\s"'\\,;]+)/gi,
  /\b(?:set-)?cookie["']?\s?:\s?["']?([^"'\r\n\\]+)/gi,
  // user:password@ in URLs
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']*:([^\s/@"']+)@/gi,
  // tokens that announce themselves
  /\b(sk-[A-Za-z0-9_-]{8,})/g,
  /\b((?:gh[pousr]|npm|glpat|hf|gsk|xai|pplx|tvly|r8|sntrys|dop_v1|shpat)[_-][A-Za-z0-9_-]{16,})/g,
  /\b(github_pat_[A-Za-z0-9_]{20,})/g,
  /\b(xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})/g,
  /\b(AIza[A-Za-z0-9_-]{30,})/g,
  /\b((?:AKIA|ASIA)[A-Z0-9]{16})\b/g,
  /\b(ya29\.[A-Za-z0-9_-]{20,})/g,
  // JSON web tokens
  /\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+)/g,
  // Telegram and Discord bot tokens; Telegram's also stand in URLs, as /bot123:abc/
  /(?<![0-9])([0-9]{6,12}:[A-Za-z0-9_-]{30,})/g,
  /\b([MNO][A-Za-z0-9_-]{22,30}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,})/g,
]
