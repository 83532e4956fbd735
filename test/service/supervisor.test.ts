import { describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { takeSupervisor } from "../../src/service/supervisor.ts"
import { programPath, testWith } from "../support/programs.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const recorded = () => {
  const said: string[] = []
  const open = () => ({ send: (message: string) => said.push(message) > 0, monotonicUs: () => 42n })
  return { said, open }
}
const socket = { NOTIFY_SOCKET: "/run/notify" }

test("systemd hears ready, reloading and stopping, each with what to show", async () => {
  const { said, open } = recorded()
  const { supervisor } = await takeSupervisor(socket, turnableClock(), { open })
  supervisor.ready("Listening on http://127.0.0.1:1/")
  supervisor.reloading("Restarting")
  supervisor.stopping("Stopping\nREADY=1")
  expect(said).toEqual([
    "READY=1\nSTATUS=Listening on http://127.0.0.1:1/",
    "RELOADING=1\nMONOTONIC_USEC=42\nSTATUS=Restarting",
    "STOPPING=1\nSTATUS=Stopping READY=1",
  ])
})

test("the watchdog is fed at half its time, and not when it waits for another process", async () => {
  const { said, open } = recorded()
  const clock = turnableClock()
  const env = { ...socket, WATCHDOG_USEC: "10000000", WATCHDOG_PID: "77" }
  await takeSupervisor(env, clock, { open, pid: 77 })
  clock.turn(4999)
  expect(said).toEqual([])
  clock.turn(1)
  clock.turn(5000)
  expect(said).toEqual(["WATCHDOG=1", "WATCHDOG=1"])
  await takeSupervisor(env, clock, { open, pid: 78 })
  clock.turn(5000)
  expect(said).toHaveLength(3)
})

test("N241: the way to the service manager is for this process and its successor, not for children", async () => {
  const { open } = recorded()
  const own = { ...socket, WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" }
  const { env, supervisor } = await takeSupervisor({ ...own, HOME: "/x" }, turnableClock(), {
    open,
  })
  expect(env).toEqual({ HOME: "/x" })
  expect(supervisor.handOver).toEqual(own)
})

test.each([undefined, "", "relative", "@"])(
  "with NOTIFY_SOCKET %j nobody is told",
  async (value) => {
    const open = () => {
      throw new Error("opened")
    }
    const { supervisor } = await takeSupervisor({ NOTIFY_SOCKET: value }, turnableClock(), { open })
    supervisor.ready("Listening")
  },
)

describe("a real socket", () => {
  const receive = (name: string) => {
    const script = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
s.bind("\\0" + name[1:] if name[0] == "@" else name)
print("bound", file=sys.stderr, flush=True)
s.settimeout(10)
print(s.recv(4096).decode())`
    return Bun.spawn([programPath("python3"), "-c", script, name], {
      stdout: "pipe",
      stderr: "pipe",
    })
  }

  for (const kind of ["a path", "an abstract name"])
    testWith("python3")(`is reached by ${kind}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "fased-notify-"))
      try {
        const path = join(folder, "s")
        const name = kind === "a path" ? path : `@${path}`
        const child = receive(name)
        const bound = await child.stderr.getReader().read()
        expect(new TextDecoder().decode(bound.value)).toStartWith("bound")
        const { supervisor } = await takeSupervisor({ NOTIFY_SOCKET: name }, turnableClock())
        supervisor.ready("Listening")
        expect(await new Response(child.stdout).text()).toBe("READY=1\nSTATUS=Listening\n")
        await child.exited
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

  test("one that nobody listens on any more is no reason to end", async () => {
    const { supervisor } = await takeSupervisor(
      { NOTIFY_SOCKET: join(tmpdir(), "fased-nobody-there") },
      turnableClock(),
    )
    supervisor.ready("Listening")
  })
})
