import { gunzipSync } from "node:zlib"
import { limits, meter, type Packed, refuse } from "./packed.ts"

const block = 512
const mostName = 4096

/** Unpacks gzip up to a limit. */
export const gunzipped = (bytes: Buffer): Buffer => {
  const most = Math.min(limits.totalBytes + 2_000_000, Math.max(bytes.length, 1000) * limits.ratio)
  try {
    return gunzipSync(bytes, { maxOutputLength: most })
  } catch {
    return refuse("it is damaged, or unpacks to far more than it should")
  }
}

/** Reads a tar: files and folders, and nothing else that one can hold. */
export const readTar = (bytes: Buffer): Packed[] => {
  const measure = meter(limits.totalBytes)
  const files: Packed[] = []
  let longName: string | undefined
  for (let at = 0; ;) {
    if (at + block > bytes.length) return refuse("it was cut short")
    const head = bytes.subarray(at, at + block)
    if (head.every((byte) => byte === 0)) return files
    requireSum(head)
    const size = octal(head, 124, 12)
    const type = String.fromCharCode(head[156]!)
    const from = at + block
    if (from + size > bytes.length) refuse("it was cut short")
    const body = bytes.subarray(from, from + size)
    at = from + Math.ceil(size / block) * block
    measure.entry()
    if (type === "x" || type === "L") {
      if (size > mostName * 4) refuse("a name in it is far too long")
      longName = type === "L" ? text(body, 0, size) : (paxPath(body) ?? longName)
      continue
    }
    // What holds for all files is a comment in archives made by git and npm.
    if (type === "g") continue
    const path = longName ?? fullName(head)
    longName = undefined
    if (type === "5") continue
    if (type !== "0" && type !== "\0")
      refuse(`${JSON.stringify(path.slice(0, 80))} is a link or a device`)
    measure.bytes(size)
    files.push({ path, bytes: body, executable: Boolean(octal(head, 100, 8) & 0o100) })
  }
}

const requireSum = (head: Buffer) => {
  const blank = Buffer.from(head).fill(0x20, 148, 156)
  if (blank.reduce((sum, byte) => sum + byte, 0) !== octal(head, 148, 8))
    refuse("a header in it is damaged")
}

const octal = (head: Buffer, at: number, length: number) => {
  const written = text(head, at, length).trim()
  if (written && !/^[0-7]+$/.test(written)) refuse("a number in it makes no sense")
  return Number.parseInt(written || "0", 8)
}

const fullName = (head: Buffer) => {
  const name = text(head, 0, 100)
  const prefix = text(head, 257, 5) === "ustar" ? text(head, 345, 155) : ""
  return prefix ? `${prefix}/${name}` : name
}

const text = (bytes: Buffer, at: number, length: number) => {
  const field = bytes.subarray(at, at + length)
  const stop = field.indexOf(0)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      stop < 0 ? field : field.subarray(0, stop),
    )
  } catch {
    return refuse("a name in it is not UTF-8")
  }
}

/** The path of `<length> <name>=<value>\n` records; one that changes what the entry is, is refused. */
const paxPath = (body: Buffer): string | undefined => {
  let path: string | undefined
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at)
    const length = Number(body.toString("latin1", at, space))
    if (space < 0 || !Number.isInteger(length) || length <= space - at || at + length > body.length)
      refuse("a header in it is damaged")
    const record = body.toString("utf8", space + 1, at + length - 1)
    const name = record.slice(0, record.indexOf("="))
    if (name === "path") path = record.slice(5)
    if (name === "linkpath" || name === "size") refuse("a header in it says two things at once")
    at += length
  }
  return path
}
