import { expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as z from "zod"
import { systemClock } from "../../src/kernel/clock.ts"
import { createMailbox } from "../../src/services/mail/mailbox.ts"
import { mailSettings, protectionOf } from "../../src/services/mail/settings.ts"
import { freshCertificate } from "../support/certificates.ts"
import { fakeMail } from "../support/fake-mail.ts"
import { fakeStartTls } from "../support/fake-starttls.ts"

type Manner = Parameters<typeof fakeStartTls>[1]["manner"]
const { signal } = new AbortController()
const parse = (gmail: object) => z.object({ gmail: mailSettings() }).parse({ gmail }).gmail
const { pem } = await freshCertificate()

const servers = async (manner?: Manner) => {
  const inner = fakeMail()
  const { user, password, imap, smtp } = inner.settings
  const before = (port: number, speaks: "imap" | "smtp") =>
    fakeStartTls(port, { speaks, pem, manner })
  const [outerImap, outerSmtp] = [await before(imap.port, "imap"), await before(smtp.port, "smtp")]
  const at = ({ port }: { port: number }) => ({ host: "localhost", port, tls: "starttls" })
  return {
    inner,
    settings: { user, password, access: "write", imap: at(outerImap), smtp: at(outerSmtp) },
    inTheOpen: () => [...outerImap.heard, ...outerSmtp.heard],
    async [Symbol.asyncDispose]() {
      for (const one of [outerImap, outerSmtp, inner]) await one[Symbol.asyncDispose]()
    },
  }
}

/** Another process, because trust in a certificate is given to a process as a whole. */
const trusting = async (settings: object, work: string) => {
  const folder = mkdtempSync(join(tmpdir(), "fased-mail-"))
  try {
    const [ca, script] = [join(folder, "ca.pem"), join(folder, "mail.ts")]
    const source = (path: string) => JSON.stringify(join(import.meta.dir, "../../src", path))
    writeFileSync(ca, pem)
    writeFileSync(
      script,
      `import { systemClock } from ${source("kernel/clock.ts")}
       import { createMailbox } from ${source("services/mail/mailbox.ts")}
       const mail = createMailbox(() => (${JSON.stringify(settings)}), systemClock)
       console.log(await ${work})
       process.exit(0)`,
    )
    const child = Bun.spawn([process.execPath, script], {
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: ca },
      stderr: "pipe",
    })
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    return err || out.trim()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.each(["agrees", "silent"] as const)(
  "mail is read and sent by STARTTLS with a server that %s, and nothing of it is said in the open",
  async (manner) => {
    await using place = await servers(manner)
    const settings = parse(place.settings)
    const draft = JSON.stringify({ to: ["ann@example.test"], subject: "Hi", text: "Hello" })
    const work = `mail.whoAmI(AbortSignal.timeout(20_000)) + " " + await mail.send(${draft}, AbortSignal.timeout(20_000))`
    expect(await trusting(settings, work)).toContain("as me@example.test, with 0 messages in INBOX")
    expect(place.inner.sent).toHaveLength(1)
    expect(new Set(place.inTheOpen())).toEqual(new Set(["f1 STARTTLS", "EHLO fased", "STARTTLS"]))
  },
)

test.each(["imap", "smtp"] as const)(
  "%s that refuses STARTTLS is told no password",
  async (which) => {
    await using place = await servers("refuses")
    const { imap, smtp } = place.inner.settings
    const settings = parse({ ...place.settings, ...(which === "imap" ? { smtp } : { imap }) })
    await expect(createMailbox(() => settings, systemClock).whoAmI(signal)).rejects.toMatchObject({
      code: "services.not-secured",
      message: expect.stringContaining("told no password"),
    })
    expect(place.inTheOpen().join()).not.toMatch(/LOGIN|AUTH|app-password/)
  },
)

test.each(["imap", "smtp"] as const)(
  "%s that goes on in the open after it agreed is not believed",
  async (which) => {
    await using place = await servers("injects")
    const { imap, smtp } = place.inner.settings
    const settings = parse({ ...place.settings, ...(which === "imap" ? { smtp } : { imap }) })
    await expect(createMailbox(() => settings, systemClock).whoAmI(signal)).rejects.toMatchObject({
      code: "services.failed",
      message: expect.stringContaining("in the open"),
    })
  },
)

test("a server that leaves once it agreed ends the call, and nothing else", async () => {
  await using place = await servers("leaves")
  const mail = createMailbox(() => parse(place.settings), systemClock)
  await expect(mail.whoAmI(signal)).rejects.toMatchObject({ code: "services.failed" })
})

test("a certificate nobody known signed is as little trusted by STARTTLS", async () => {
  await using place = await servers()
  const mail = createMailbox(() => parse(place.settings), systemClock)
  await expect(mail.whoAmI(signal)).rejects.toThrow("certificate")
  expect(place.inTheOpen()).toEqual(["f1 STARTTLS"])
})

test("the ports for it are asked by STARTTLS unless the settings say otherwise", () => {
  const host = "mail.example.test"
  const how = (imap: object) => protectionOf(parse({ imap: { host, ...imap } }).imap)
  expect(how({})).toBe("tls")
  expect(how({ port: 143 })).toBe("starttls")
  expect(how({ port: 587 })).toBe("starttls")
  expect(how({ port: 143, tls: true })).toBe("tls")
  expect(how({ port: 993, tls: "starttls" })).toBe("starttls")
  expect(how({ host: "127.0.0.1", port: 143, tls: false })).toBe("none")
  expect(() => parse({ imap: { host, port: 143, tls: false } })).toThrow("127.0.0.1")
})
