import { createHash } from "node:crypto"

/** Characters that act, hide or look like a plain space. Line breaks and tabs are seen as what they are. */
const hidden = /[^\P{C}\n\t]|[^\P{Z} ]|\p{Variation_Selector}|[\u115f\u1160\u2800\u3164\uffa0]/gu

/** So much empty room could push the rest out of sight. */
const emptiness = / {16,}|\t{4,}|(?:[ \t]*\n){4,}/g

/**
 * Text that cannot pretend to be another: what is not seen is written out, and nothing is left out.
 * A person says yes to this.
 */
export const shownCommand = (command: string) =>
  command
    .replace(hidden, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
    .replace(emptiness, (room) =>
      room.includes("\n")
        ? `\n[${room.split("\n").length - 1} empty lines]\n`
        : `[${room.length} ${room[0] === " " ? "spaces" : "tabs"}]`,
    )

/** Tells one command from another where only a part of it is shown. */
export const commandHash = (command: string) => createHash("sha256").update(command).digest("hex")
