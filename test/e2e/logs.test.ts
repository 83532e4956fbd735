/** `fased logs` with a gateway that comes and goes, and files that do. */
import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome } from "../support/binary.ts"

const lines = (text: string) => text.split("\n").filter(Boolean)

test("with the gateway down, the file that logging.file names is read", async () => {
  await using home = freshHome()
  const file = join(home.path, "elsewhere", "gateway.log")
  home.configure({ gateway: { port: await freePort() }, logging: { file } })
  const gateway = await home.start()
  await gateway.end()
  expect(existsSync(file)).toBe(true)
  const { code, out, err } = await home.fased(["logs"])
  expect({ code, err }).toEqual({ code: 0, err: `No gateway answers; reading ${file}\n` })
  expect(out).toContain(`pid=${gateway.pid}`)
  expect((await home.fased(["gateway", "status"])).out).toContain(`Log file: ${file}\n`)
})

test("--follow begun before the gateway shows its start, and the next one", async () => {
  await using home = freshHome()
  const port = await freePort()
  home.configure({ gateway: { port } })
  const following = home.spawn(["logs", "--follow", "--interval", "50"])
  await following.printed("No gateway answers")
  const gateway = await home.start({ port })
  await following.printed(`pid=${gateway.pid}`)
  await gateway.end()
  const next = await home.start({ port })
  await following.printed(`pid=${next.pid}`)
})

test("--follow waits for what hangs up where its gateway was", async () => {
  await using home = freshHome()
  const port = await freePort()
  home.configure({ gateway: { port } })
  const gateway = await home.start({ port })
  const following = home.spawn(["logs", "--follow", "--interval", "50"])
  await following.printed(`pid=${gateway.pid}`)
  await gateway.end()
  const hungUp = Promise.withResolvers<void>()
  let times = 0
  const rude = Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(socket) {
        socket.end()
        if (++times === 3) hungUp.resolve()
      },
      data() {},
    },
  })
  await hungUp.promise
  rude.stop(true)
  const next = await home.start({ port })
  await following.printed(`pid=${next.pid}`)
})

test("--follow survives a restart in place and files that are put aside, and repeats nothing", async () => {
  await using home = freshHome()
  const logging = { maxFileBytes: 1000, maxTotalBytes: 1_000_000 }
  home.configure({ logging })
  await home.start({ port: await freePort() })
  const following = home.spawn(["logs", "--follow", "--json", "--interval", "50"])
  await following.printed("listening")
  for (const key of ["one", "two", "three", "four"]) {
    await home.fased(["agent", "--message", "hello", "--session-key", key])
    await following.printed(`agent:main:${key}`)
  }
  home.configure({ logging, gateway: { reload: { mode: "restart" } } })
  await following.printed("back after a restart")
  await home.fased(["agent", "--message", "hello", "--session-key", "five"])
  await following.printed("agent:main:five")
  const files = [...new Bun.Glob("*.log").scanSync(join(home.state, "logs"))]
  expect(files.length).toBeGreaterThan(1)
  const shown = lines(following.out())
  expect(shown.length).toBe(new Set(shown).size)
  for (const line of shown) expect(() => JSON.parse(line)).not.toThrow()
})
