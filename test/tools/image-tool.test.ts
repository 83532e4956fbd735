import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { imagesIn } from "../support/fake-model.ts"
import { startToolUse } from "../support/tool-use.ts"

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
)

test("the image tool is there when an image model is, and only then", async () => {
  await using without = await startToolUse()
  expect((await without.use("image", { images: ["a.png"] })).text).toContain("not allowed here")
})

test("pictures of the workspace are looked at, and nothing outside it", async () => {
  await using use = await startToolUse({
    agents: { defaults: { imageModel: "fake/fake-1" } },
  })
  writeFileSync(join(use.workspace, "dot.png"), png)
  writeFileSync(join(use.workspace, "notes.txt"), "no picture")
  const seen = await use.use("image", { images: ["dot.png"], prompt: "What is it?" })
  expect(seen).toEqual({ text: "Done.", isError: false })
  const [picture] = use.model.calls.flatMap(({ body }) => imagesIn(body))
  expect(picture?.mediaType).toBe("image/png")
  expect((await use.use("image", { images: ["notes.txt"] })).isError).toBe(true)
  expect((await use.use("image", { images: ["/etc/hostname"] })).text).toContain("outside")
  expect((await use.use("image", { images: ["http://127.0.0.1:1/x.png"] })).isError).toBe(true)
})
