import { badFingerprint } from "./faults.ts"

/** A SHA-256 fingerprint as people write it, with or without colons, as `AB:CD:…`. */
export const readFingerprint = (text: string) => {
  const hex = text.trim().replaceAll(":", "").toUpperCase()
  if (!/^[0-9A-F]{64}$/.test(hex)) throw badFingerprint({ text: text.slice(0, 100) })
  return hex.match(/../g)!.join(":")
}
