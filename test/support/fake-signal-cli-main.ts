/** The program signal-cli: a daemon where it is told to listen, and the linking of a device. */
import { botNumber, fakeSignal } from "./fake-signal.ts"

const words = process.argv.slice(2)
const after = (flag: string) => words[words.indexOf(flag) + 1] ?? ""

if (process.env.FAKE_NOTE)
  await Bun.write(
    process.env.FAKE_NOTE,
    JSON.stringify({ words, env: process.env, pid: process.pid }),
  )

if (words[0] === "link") {
  console.log("sgnl://linkdevice?uuid=x&pub_key=y")
  if (process.env.FAKE_LINK === "refused") {
    console.error("Link request timed out, please try again.")
    process.exit(3)
  }
  console.log(`Associated with: ${botNumber}`)
} else if (process.env.FAKE_DAEMON === "unregistered") {
  console.error(`User ${after("-a")} is not registered.`)
  process.exit(1)
} else if (process.env.FAKE_DAEMON === "hangs") {
  console.error("Starting, very slowly")
  setInterval(() => {}, 1000)
} else {
  const [, port] = after("--http").split(":")
  const daemon = fakeSignal({ port: Number(port) })
  console.error(`Started HTTP server on ${after("--http")}`)
  // As long as somebody listens it says something to them.
  daemon.events.typing!(daemon.ada, daemon.room)
  const die = () => {
    console.error("OutOfMemoryError")
    process.exit(137)
  }
  process.on("SIGUSR1", die)
  if (process.env.FAKE_DAEMON === "hears-to-the-end")
    process.on("SIGTERM", async () => {
      await daemon.say(daemon.ada, daemon.direct(daemon.ada), "just in time")
      setTimeout(() => process.exit(143), 50)
    })
  if (process.env.FAKE_DAEMON === "dies-when-asked") void daemon.untilConnected().then(die)
}
