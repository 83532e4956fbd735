import { expect, test } from "bun:test"
import fc from "fast-check"
import { blockEnd, isInCode } from "../../src/outbox/blocks.ts"
import { prefixOf } from "../../src/outbox/prefix.ts"
import { readGrowing, readReply } from "../../src/outbox/reply-text.ts"

test("tags and files are taken out of the words, and code is left as it is", () => {
  expect(
    readReply("[[audio_as_voice]]\nHi\nMEDIA: 'a b.ogg'\n  - MEDIA: https://a.example/x.png"),
  ).toEqual({
    text: "Hi",
    voice: true,
    media: ["a b.ogg", "https://a.example/x.png"],
  })
  const code = "```\nMEDIA: x\n[[reply_to_current]]\n```"
  expect(readReply(code)).toEqual({ text: code, voice: false, media: [] })
  expect(readReply("[[ Reply_To : 42 ]]ok").replyTo).toEqual({ id: "42" })
})

test("of a growing answer nothing is shown that may become a tag or a file", () => {
  expect(readGrowing("Yes [[reply_")).toBe("Yes")
  expect(readGrowing("Yes\nMED")).toBe("Yes")
  expect(readGrowing("Yes\nMEDIA: /etc/pa")).toBe("Yes")
  expect(readGrowing("Yes [1] and more")).toBe("Yes [1] and more")
})

test("a prefix knows its words whatever their case, and leaves out what is not known", () => {
  expect(prefixOf("[{Model}|{modelFull}]", { provider: "p", model: "m" })).toBe("[m|p/m]")
  expect(prefixOf("{think} {other}", {})).toBe("{other}")
  expect(prefixOf("auto", { name: "Helper" })).toBe("[Helper]")
  expect(prefixOf("auto", {})).toBe("")
})

const sizes = { minChars: 20, maxChars: 60, breakPreference: "paragraph" as const }

test("a part ends at a paragraph, at a softer break only when it is full, and never in code", () => {
  expect(blockEnd("short", sizes)).toBe(0)
  expect(blockEnd("a paragraph that is long.\n\nmore", sizes)).toBe(27)
  expect(blockEnd("one line that is long enough\nand more of it", sizes)).toBe(0)
  const full = `${"word ".repeat(14)}end`
  expect(full.slice(0, blockEnd(full, sizes))).toBe("word ".repeat(12))
  expect(blockEnd(`\`\`\`\n${"x\n\n".repeat(40)}`, sizes)).toBe(0)
})

test("whatever grows, parts put together are the text, and none ends within code", () => {
  const bit = fc.constantFrom("word ", "\n", "\n\n", "```\n", "Sentence. ", "x")
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 120 }), (bits) => {
      const text = bits.join("")
      let taken = 0
      for (let end = blockEnd(text, sizes); end; end = blockEnd(text.slice(taken), sizes)) {
        expect(end).toBeGreaterThan(0)
        expect(end).toBeLessThanOrEqual(sizes.maxChars)
        expect(isInCode(text.slice(taken), end)).toBe(false)
        taken += end
      }
      expect(taken).toBeLessThanOrEqual(text.length)
    }),
  )
})
