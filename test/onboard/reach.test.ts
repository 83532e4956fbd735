import { expect, test } from "bun:test"
import { sshTarget, tunnelLine } from "../../src/onboard/reach.ts"

const self = { user: "ada", host: "box" }
const line = (SSH_CONNECTION?: string) => tunnelLine(sshTarget({ SSH_CONNECTION }, self), 18789)

test("a server is reached by the way this session came", () => {
  expect(line("198.51.100.7 50000 203.0.113.9 22")).toBe(
    "ssh -N -L 18789:127.0.0.1:18789 ada@203.0.113.9",
  )
  expect(line("198.51.100.7 50000 203.0.113.9 2222")).toBe(
    "ssh -N -L 18789:127.0.0.1:18789 -p 2222 ada@203.0.113.9",
  )
})

test("without such a way, or with one that is none, by its own name", () => {
  const named = "ssh -N -L 18789:127.0.0.1:18789 ada@box"
  expect(line()).toBe(named)
  expect(line("a b $(rm -rf ~) 22")).toBe(named)
})
