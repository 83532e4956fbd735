import { expect, test } from "bun:test"
import fc from "fast-check"
import * as z from "zod"
import { systemClock } from "../../src/kernel/clock.ts"
import { addressesIn, addressIn, compose } from "../../src/services/mail/compose.ts"
import { decodeMailbox, encodeMailbox, readValues } from "../../src/services/mail/imap-values.ts"
import { createMailbox } from "../../src/services/mail/mailbox.ts"
import { readMessage } from "../../src/services/mail/message.ts"
import { read, search, write } from "../../src/services/mail/run.ts"
import { mailSettings } from "../../src/services/mail/settings.ts"
import { mailSearch, type MailSearch, type MailWrite } from "../../src/services/mail/tools.ts"
import { freshCertificate } from "../support/certificates.ts"
import { fakeMail } from "../support/fake-mail.ts"

const { signal } = new AbortController()
const parse = (gmail: object) => z.object({ gmail: mailSettings() }).parse({ gmail }).gmail
const setUp = (more: object = {}, options: Parameters<typeof fakeMail>[0] = {}) => {
  const fake = fakeMail(options)
  const settings = parse({ ...fake.settings, access: "write", ...more })
  const mail = createMailbox(() => settings, systemClock)
  const reader = { read: async () => ({ text: "from html" }), close: () => undefined }
  return {
    fake,
    mail,
    search: (wish: Partial<MailSearch> = {}) => search(mailSearch.params.parse(wish), mail, signal),
    read: (uid: number, folder = "INBOX") => read({ folder, uid }, mail, reader, signal),
    write: (wish: Partial<MailWrite> & { action: MailWrite["action"] }) =>
      write({ folder: "INBOX", ...wish }, mail, signal),
    [Symbol.asyncDispose]: fake[Symbol.asyncDispose],
  }
}
const letter = (more = "", body = "Hello {12}\r\nthere") =>
  `From: =?utf-8?Q?J=C3=BCrgen?= <j@example.test>\nTo: me@example.test, Ann <ann@example.test>\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\n =?utf-8?Q?_an_dich?=\nDate: Thu, 1 Jan 2026 10:00:00 +0000\nMessage-ID: <one@example.test>\n${more}\n${body}\n`

test("a search lists the newest first, in a fence, and a read leaves it unread", async () => {
  await using box = setUp()
  const first = box.fake.deliver(letter(), "INBOX", ["\\Seen"])
  const second = box.fake.deliver(letter())
  const found = await box.search()
  expect(found).toMatch(/^<<<untrusted /)
  expect(found.indexOf(`${second} (unread) `)).toBeLessThan(found.indexOf(`${first} Thu`))
  expect(found).toContain("Jürgen <j@example.test>: Grüße an dich")
  const text = await box.read(second)
  expect(text).toContain("Subject: Grüße an dich")
  expect(text).toContain("Hello {12}\r\nthere")
  expect([...box.fake.folders.INBOX![1]!.flags]).toEqual([])
  expect(await box.search({ limit: 1 })).toEndWith("[and 1 older]")
})

test("what a model searches for cannot become a command", async () => {
  await using box = setUp()
  const uid = box.fake.deliver(letter())
  const hostile = 'x"\r\nf9 UID STORE 1 +FLAGS (\\Deleted)'
  await box.search({ subject: hostile, from: "Jürgen" })
  expect(box.fake.searches.at(-1)).toBe(`FROM Jürgen SUBJECT ${hostile}`)
  expect(box.search({ folder: hostile })).rejects.toMatchObject({ code: "services.not-found" })
  expect([...box.fake.folders.INBOX!.find((one) => one.uid === uid)!.flags]).toEqual([])
})

test("days and Gmail's own words reach the server as it wants them", async () => {
  await using box = setUp()
  await box.search({ since: "2026-01-09", unread: true })
  expect(box.fake.searches.at(-1)).toBe("SINCE 9-Jan-2026 UNSEEN")
  await box.search({ query: "has:attachment" })
  expect(box.fake.searches.at(-1)).toBe("X-GM-RAW has:attachment")
  await using other = setUp({}, { capabilities: "IMAP4rev1" })
  expect(other.search({ query: "x" })).rejects.toMatchObject({ code: "services.incomplete" })
})

test("folders have names in any language; an unknown one is answered with those there are", async () => {
  await using box = setUp()
  box.fake.deliver(letter(), "Büro & mehr")
  expect(await box.search({ folder: "Büro & mehr" })).toContain("an dich")
  expect(await box.search({ listFolders: true })).toContain("Büro & mehr")
  expect(box.search({ folder: "Nowhere" })).rejects.toThrow("it has INBOX, [Gmail]/Drafts, Büro")
})

test("a letter is sent whole, and nothing that was given begins a header of its own", async () => {
  await using box = setUp()
  await box.write({
    action: "send",
    to: ["Ann <ann@example.test>"],
    cc: ["bob@example.test"],
    subject: "Grüße\r\nBcc: evil@example.test",
    text: ".dot\nFrom here\n..\n",
  })
  const [sent] = box.fake.sent
  expect(sent).toMatchObject({
    from: "me@example.test",
    to: ["ann@example.test", "bob@example.test"],
  })
  const message = readMessage(Buffer.from(sent!.data))
  expect(message.header("bcc")).toBe("")
  expect(message.header("subject")).toBe("Grüße Bcc: evil@example.test")
  expect(message.text).toBe(".dot\r\nFrom here\r\n..\r\n")
})

test("an answer goes to who wrote, names what it answers, and to everyone only when asked", async () => {
  await using box = setUp()
  const uid = box.fake.deliver(
    letter("References: <zero@example.test>\nReply-To: list@example.test\n"),
  )
  await box.write({ action: "reply", uids: [uid], text: "Yes." })
  await box.write({ action: "reply", uids: [uid], text: "Yes.", everyone: true })
  expect(box.fake.sent.map(({ to }) => to)).toEqual([
    ["list@example.test"],
    ["list@example.test", "ann@example.test"],
  ])
  const { header } = readMessage(Buffer.from(box.fake.sent[0]!.data))
  expect(header("in-reply-to")).toBe("<one@example.test>")
  expect(header("references")).toBe("<zero@example.test> <one@example.test>")
  expect(header("subject")).toBe("Re: Grüße an dich")
})

test("only those the settings name are written to, also in answers", async () => {
  await using box = setUp({ recipients: ["*@work.test"] })
  const uid = box.fake.deliver(letter())
  const refusal = { code: "services.out-of-bounds" }
  const mail = { action: "send", subject: "x", text: "y" } as const
  expect(box.write({ ...mail, to: ["a@work.test", "b@evil.test"] })).rejects.toMatchObject(refusal)
  expect(box.write({ action: "reply", uids: [uid], text: "y" })).rejects.toMatchObject(refusal)
  await box.write({ ...mail, to: ["a@work.test"] })
  expect(box.fake.sent.map(({ to }) => to)).toEqual([["a@work.test"]])
})

test("drafts, marks and moves", async () => {
  await using box = setUp()
  const uid = box.fake.deliver(letter())
  const draft = { action: "draft" as const, to: ["a@b.test"], subject: "x", text: "y" }
  expect(await box.write(draft)).toBe("Left as a draft in [Gmail]/Drafts.")
  await box.write({ action: "mark", uids: [uid], as: "read" })
  expect([...box.fake.folders.INBOX![0]!.flags]).toEqual(["\\Seen"])
  await box.write({ action: "move", uids: [uid], destination: "Büro & mehr" })
  expect(box.fake.folders.INBOX).toEqual([])
  expect(box.fake.folders["Büro & mehr"]).toHaveLength(1)
  await using old = setUp({}, { capabilities: "IMAP4rev1 UIDPLUS" })
  await old.write({
    action: "move",
    uids: [old.fake.deliver(letter())],
    destination: "Büro & mehr",
  })
  expect(old.fake.folders.INBOX).toEqual([])
})

test("a wrong password and a recipient there is not are told apart", async () => {
  await using box = setUp({ password: "wrong" })
  expect(box.search()).rejects.toMatchObject({ code: "services.not-let-in" })
  await using fine = setUp()
  const mail = { action: "send" as const, to: ["nobody@b.test"], subject: "x", text: "y" }
  expect(fine.write(mail)).rejects.toThrow(/No such user/)
  expect(fine.fake.sent).toEqual([])
  expect(await fine.mail.whoAmI(signal)).toBe("as me@example.test, with 0 messages in INBOX")
})

test("a server that is gone or says nothing ends the call", async () => {
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
  const at = { host: "127.0.0.1", port: silent.port, tls: false }
  const settings = parse({ user: "a@b.test", password: "p", imap: at })
  const mail = createMailbox(() => settings, systemClock)
  expect(mail.folders(AbortSignal.timeout(50))).rejects.toThrow()
  silent.stop(true)
  await expect(mail.folders(signal)).rejects.toMatchObject({
    code: "services.failed",
    message: expect.stringContaining(`nothing answers on its port ${at.port}`),
  })
})

test("a certificate that nobody known signed is not trusted with the password", async () => {
  const { pem } = await freshCertificate()
  let heard = ""
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: pem, key: pem },
    socket: { open: (s) => void s.write("* OK\r\n"), data: (_, data) => void (heard += data) },
  })
  const at = { host: "localhost", port: server.port }
  const settings = parse({ user: "a@b.test", password: "p", imap: at })
  const failure = { code: "services.failed", message: expect.stringContaining("certificate") }
  await expect(createMailbox(() => settings, systemClock).folders(signal)).rejects.toMatchObject(
    failure,
  )
  expect(heard).toBe("")
  server.stop(true)
})

test("without TLS only this machine is asked", () => {
  expect(() => parse({ imap: { host: "mail.example.test", tls: false } })).toThrow("127.0.0.1")
  expect(() => parse({ imap: { host: "10.0.0.1", tls: false } })).toThrow("127.0.0.1")
  expect(parse({ imap: { host: "localhost", tls: false } }).imap.tls).toBe(false)
})

test("a message of many parts gives its words and names its attachments", () => {
  const raw = letter(
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="a b"\n',
    `--a b
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9 =
au lait
--in
Content-Type: text/html

<p>caf</p>
--in--
--a b
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf
Content-Transfer-Encoding: base64

SGVsbG8=
--a b--
`,
  )
  const message = readMessage(Buffer.from(raw))
  expect(message.text?.trim()).toBe("café au lait")
  expect(message.html?.trim()).toBe("<p>caf</p>")
  expect(message.attachments).toEqual([{ name: "résumé.pdf", type: "application/pdf", bytes: 5 }])
})

test("mail with HTML alone is read as text", async () => {
  await using box = setUp()
  const uid = box.fake.deliver(letter("Content-Type: text/html\n", "<p>Hi"))
  expect(await box.read(uid)).toContain("from html")
})

test("whatever comes, reading ends and does not throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readMessage(Buffer.from(bytes))),
  )
  fc.assert(fc.property(fc.string(), (line) => void readValues(line, [])))
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      expect(decodeMailbox(encodeMailbox(name))).toBe(name.toWellFormed())
    }),
  )
})

test("what was written is read back the same, whatever it says", () => {
  const at = new Date(0)
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "grapheme" }),
      (subject, text) => {
        const raw = compose({ from: "a@b.test", to: ["c@d.test"], subject, text, id: "x@y", at })
        const message = readMessage(Buffer.from(raw))
        expect(message.header("to")).toBe("c@d.test")
        expect(message.text).toBe(text.replace(/\r?\n/g, "\r\n"))
      },
    ),
  )
})

test("addresses are told from what only looks like them", () => {
  expect(addressIn("Ann <ann@example.test>")).toBe("ann@example.test")
  expect(addressIn("ann@example.test\r\nRCPT TO:<evil@x.test>")).toBeUndefined()
  expect(addressIn("a@b.test>,<c@d.test")).toBeUndefined()
  expect(addressesIn('"Last, First" <a@b.test>, c@d.test')).toEqual(["a@b.test", "c@d.test"])
})
