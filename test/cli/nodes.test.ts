import { expect, test } from "bun:test"
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { commandLine } from "../support/command-line.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { type Asked, phone } from "../support/phone.ts"
import { pngOf } from "../support/pictures.ts"

/** A phone that answers a command as it is told, and a command line beside its gateway. */
const withPhone = async (answers: Record<string, (params: unknown) => object>) => {
  const allowCommands = Object.keys(answers)
  const gateway = await startGateway({ config: { gateway: { nodes: { allowCommands } } } })
  const cli = commandLine()
  const asked: { command: string; params: unknown }[] = []
  await phone(gateway, allowCommands, ({ id, nodeId, command, paramsJSON }: Asked) => {
    const params = JSON.parse(paramsJSON ?? "null")
    asked.push({ command, params })
    return { id, nodeId, ok: true, ...answers[command]!(params) }
  })
  return {
    asked,
    home: cli.home,
    run: (...words: string[]) =>
      cli.fased(
        ["nodes", ...words, "--node", "phone", "--url", gateway.wsUrl, "--token", testToken],
        {
          env: { TMPDIR: cli.home },
        },
      ),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      cli[Symbol.dispose]()
    },
  }
}

const film = Buffer.from("\0\0\0\x18ftypmp42 and so on", "latin1").toString("base64")

test("pictures and films of a node are kept in files of its owner's, named for what their bytes are", async () => {
  const png = Buffer.from(await pngOf(2, 2)).toString("base64")
  await using node = await withPhone({
    "camera.snap": () => ({ payload: { format: "../../etc/passwd", base64: png } }),
    "camera.clip": () => ({ payload: { format: "mp4", base64: film } }),
  })
  const { out, code } = await node.run("camera", "snap", "--facing", "both", "--quality", "0.5")
  expect(code).toBe(0)
  const paths = out
    .trim()
    .split("\n")
    .map((line) => /^MEDIA:(.+)$/.exec(line)![1]!)
  expect(paths.map((path) => path.slice(path.lastIndexOf("/") + 1))).toEqual([
    "camera-front.png",
    "camera-back.png",
  ])
  for (const path of paths) {
    expect(readFileSync(path).toString("base64")).toBe(png)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  }
  expect(node.asked).toMatchObject([
    { params: { facing: "front", maxWidth: 1600, quality: 0.5, format: "jpg" } },
    { params: { facing: "back" } },
  ])
  const clip = await node.run("camera", "clip", "--duration", "10s", "--no-audio", "--json")
  expect(JSON.parse(clip.out).files).toMatchObject([{ mimeType: "video/mp4" }])
  expect(node.asked.at(-1)).toMatchObject({ params: { durationMs: 10_000, includeAudio: false } })
})

test("what is no picture is not kept, and what a node says of why is heard with what helps", async () => {
  await using node = await withPhone({
    "camera.snap": () => ({ payload: { format: "jpg", base64: film } }),
    "screen.record": () => ({ payload: null }),
    "location.get": () => ({
      ok: false,
      error: { code: "LOCATION_PERMISSION_REQUIRED", message: "location is off\u001b[2J" },
    }),
  })
  expect(await node.run("camera", "snap")).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("What the node sent is no picture."),
  })
  expect((await node.run("screen", "record")).err).toContain("is no film")
  const place = await node.run("location", "get")
  expect(place.code).toBe(1)
  expect(place.err).toContain("location is off")
  expect(place.err).toContain("Allow it in the settings of that phone")
  expect(place.err).not.toContain("\u001b[2J")
  for (const words of [
    ["--duration", "61s"],
    ["--duration", "long"],
  ])
    expect((await node.run("camera", "clip", ...words)).code).toBe(2)
})

test("where it is and what its canvas shows are read by people and by scripts", async () => {
  await using node = await withPhone({
    "location.get": () => ({ payload: { lat: 52.5, lon: 13.4, accuracyMeters: 12.4 } }),
    "canvas.eval": (params) => ({ payload: params }),
    "canvas.a2ui.pushJSONL": () => ({ payload: null }),
    "system.notify": () => ({ payload: null }),
  })
  expect((await node.run("location", "get")).out).toBe("place   52.5, 13.4\nwithin  12 m\n")
  expect(JSON.parse((await node.run("canvas", "eval", "1 + 1")).out)).toEqual({
    javaScript: "1 + 1",
  })
  const file = join(node.home, "page.jsonl")
  writeFileSync(file, '{"a":1}\n{"b":\n')
  expect((await node.run("canvas", "a2ui", "push", file)).err).toContain("Line 2 of")
  writeFileSync(file, '{"a":1}\n{"b":2}\n')
  expect(await node.run("canvas", "a2ui", "push", file)).toMatchObject({ code: 0, out: "Shown.\n" })
  rmSync(file)
  await node.run("notify", "--title", "Done", "--priority", "passive")
  expect(node.asked.at(-1)).toMatchObject({ params: { title: "Done", priority: "passive" } })
})

test("a gateway that never let this machine in takes no other's place", async () => {
  using cli = commandLine()
  const file = join(cli.state, "node.json")
  const record = { version: 1, displayName: "bench", gateway: { url: "ws://127.0.0.1:9" } }
  writeFileSync(file, JSON.stringify(record))
  const node = cli.spawn(["node", "run", "--host", "127.0.0.1", "--port", "1"])
  for await (const words of node.stderr) if (Buffer.from(words).includes("Trying again")) break
  node.kill()
  await node.exited
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(record)
})
