import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { targetNames } from "../../build/targets.ts"
import { root } from "./source-tree.ts"

export type Bytes = Uint8Array<ArrayBuffer>

const sha256 = (bytes: Bytes) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex")

/** A program that says this version when asked, small enough to pack for every target. */
export const fakeBinary = (version: string) => Buffer.from(`#!/bin/sh\necho "fased ${version}"\n`)

/** The files of a release that holds `binary` for every target. */
export const releaseFiles = async (binary: Bytes) => {
  const packed = Bun.gzipSync(binary, { level: 1 })
  const files = new Map<string, Bytes>()
  let sums = ""
  for (const name of targetNames) {
    files.set(`fased-${name}.gz`, packed)
    sums += `${sha256(packed)}  fased-${name}.gz\n${sha256(binary)}  fased-${name}\n`
  }
  files.set("SHA256SUMS", Buffer.from(sums))
  files.set("install.sh", await Bun.file(join(root, "install.sh")).bytes())
  return files
}

/** Serves files on loopback; `asked` lists what was requested. A file may be replaced while it runs. */
export const serveFiles = (files: Map<string, Bytes>) => {
  const asked: string[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const name = new URL(request.url).pathname.slice(1)
      asked.push(name)
      const bytes = files.get(name)
      return bytes ? new Response(bytes) : new Response("not here", { status: 404 })
    },
  })
  return {
    asked,
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

/** An empty home, and an empty folder for temporary files beside it. */
export const emptyHome = async () => {
  const folder = await mkdtemp(join(tmpdir(), "fased-install-test-"))
  const home = join(folder, "home")
  const temp = join(folder, "tmp")
  await mkdir(home)
  await mkdir(temp)
  return {
    home,
    fased: join(home, ".local/bin/fased"),
    env: { HOME: home, TMPDIR: temp, PATH: "/usr/local/bin:/usr/bin:/bin" },
    /** Everything that is in the home or was left in the temporary folder. */
    async contents() {
      const all = await readdir(folder, { recursive: true })
      return all.filter((path) => path !== "home" && path !== "tmp").sort()
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Runs a command to its end. */
export const finish = async (command: string[], env: Record<string, string>, stdin = "") => {
  const child = Bun.spawn(command, {
    env,
    stdin: Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
  })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, stdout, stderr }
}
