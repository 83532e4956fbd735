import { expect, test } from "bun:test"
import { connectionOver, notSent } from "../../src/kernel/network.ts"
import { createPeer, type Handler, type Peer, readLines } from "../../src/plugins/peer.ts"

/** Two peers, each the other's other side. */
const pair = (handlers: Record<string, Handler>): [Peer, Peer] => {
  const one: Peer = createPeer((line) => other.line(line), {})
  const other: Peer = createPeer((line) => one.line(line), handlers)
  return [one, other]
}

test("faults that both sides know come through as such, anything else as its words", async () => {
  const [peer] = pair({
    busy: () => {
      throw notSent({ why: "busy", text: "Later.", retryAfterMs: 500 })
    },
    over: () => {
      throw connectionOver({ why: "credentials", text: "Wrong.", hint: "Mend it." })
    },
    bug: () => {
      throw new TypeError("undefined is not a function")
    },
  })
  await expect(peer.call("busy", [])).rejects.toMatchObject({
    code: "channels.not-sent",
    data: { why: "busy", retryAfterMs: 500 },
  })
  await expect(peer.call("over", [])).rejects.toMatchObject({
    code: "channels.connection-over",
    data: { why: "credentials", hint: "Mend it." },
  })
  await expect(peer.call("bug", [])).rejects.toThrow("undefined is not a function")
  await expect(peer.call("constructor", [])).rejects.toThrow('there is no call "constructor"')
})

test("a call that is given up is cancelled on the other side", async () => {
  const cancelled = Promise.withResolvers<void>()
  const [peer] = pair({
    wait: (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          cancelled.resolve()
          reject(signal.reason)
        })
      }),
  })
  const abort = new AbortController()
  const waiting = peer.call("wait", [], abort.signal)
  abort.abort(new Error("enough"))
  await expect(waiting).rejects.toThrow("enough")
  await cancelled.promise
})

test("whoever waits for a side that is gone is told so", async () => {
  const [peer] = pair({ never: () => new Promise(() => {}) })
  const waiting = peer.call("never", [])
  peer.end(new Error("it ended"))
  await expect(waiting).rejects.toThrow("it ended")
  await expect(peer.call("never", [])).rejects.toThrow("it ended")
})

test("lines that are no messages are nothing", async () => {
  const written: string[] = []
  const peer = createPeer((line) => written.push(line), {})
  for (const line of ["", "{", "null", "42", '{"answer":9}', '{"call":"x"}', '{"cancel":3}', "[]"])
    peer.line(line)
  expect(written).toEqual([])
})

test("a line that is too long is left out, and the next one is read", async () => {
  const lines: string[] = []
  const stream = new Blob([`${"x".repeat(50)}\nshort\npart`]).stream()
  await readLines(stream, 20, (line) => lines.push(line))
  expect(lines).toEqual(["short"])
})
