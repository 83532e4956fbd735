import { createHmac } from "node:crypto"
import { sameSecret } from "../secrets/compare.ts"
import type { Proof } from "./config.ts"

/** How far a signed moment may be from ours. */
const toleranceSeconds = 300

/**
 * The id of a signed call when its signature is right: the same call once more has the same one.
 * Null when it is not, or was signed too long ago.
 */
export const verify = (
  proof: Proof,
  { headers, body, nowMs }: { headers: Headers; body: Buffer; nowMs: number },
): string | null => {
  const hmac = (encoding: "hex" | "base64", ...parts: (string | Buffer)[]) => {
    const digest = createHmac("sha256", proof.secret)
    for (const part of parts) digest.update(part)
    return digest.digest(encoding)
  }
  const isRecent = (seconds: string) =>
    /^\d{1,12}$/.test(seconds) && Math.abs(nowMs / 1000 - Number(seconds)) <= toleranceSeconds
  switch (proof.scheme) {
    case "github": {
      const given = headers.get("x-hub-signature-256") ?? ""
      return sameSecret(`sha256=${hmac("hex", body)}`, given) ? given : null
    }
    case "slack": {
      const at = headers.get("x-slack-request-timestamp") ?? ""
      const given = headers.get("x-slack-signature") ?? ""
      const right = sameSecret(`v0=${hmac("hex", `v0:${at}:`, body)}`, given)
      return right && isRecent(at) ? given : null
    }
    case "stripe": {
      const parts = (headers.get("stripe-signature") ?? "").split(",").map((part) => part.trim())
      const at = parts.find((part) => part.startsWith("t="))?.slice(2) ?? ""
      const expected = hmac("hex", `${at}.`, body)
      const given = parts.filter((part) => part.startsWith("v1=")).slice(0, 5)
      const right = given.some((part) => sameSecret(expected, part.slice(3)))
      return right && isRecent(at) ? expected : null
    }
    case "hmac": {
      const given = headers.get(proof.header) ?? ""
      return sameSecret(proof.prefix + hmac(proof.encoding, body), given) ? given : null
    }
  }
}
