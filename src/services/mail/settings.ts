import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { isPrivateHost } from "../../kernel/private-host.ts"
import { grant, type Granted } from "../grant.ts"

/** A server that is never asked without TLS; only on this machine it may be. */
const server = (what: string, host: string, port: number) =>
  z
    .strictObject({
      host: z
        .string()
        .regex(/^[\w.:-]{1,253}$/, "must be a host's name")
        .default(host)
        .describe(`Host of the ${what} server.`),
      port: z.int().min(1).max(65_535).default(port).describe("Its port."),
      tls: z
        .union([z.boolean(), z.literal("starttls")])
        .optional()
        .describe(
          "true: TLS from the first byte. starttls: turn to it before signing in; so it is by itself on the ports 143 and 587. false: none, for a bridge on this machine.",
        ),
    })
    .refine(({ host, tls }) => tls !== false || isThisMachine(host), {
      path: ["tls"],
      message: "may be false only for 127.0.0.1, ::1 or localhost",
    })
    .prefault({})
    .describe(`Where mail is ${what === "IMAP" ? "read" : "sent"}.`)

const isThisMachine = (host: string) =>
  isPrivateHost(host) && /^(?:127\.|::1$|localhost$)/i.test(host)

export const mailSettings = onFirstUse(() =>
  z
    .strictObject({
      ...grant(),
      signIn: z
        .enum(["password", "google"])
        .default("password")
        .describe("`password` by IMAP and SMTP; `google` with the account of services.google."),
      user: z.email().optional().describe("Address of the mailbox, which also signs in."),
      password: z.string().min(1).optional().meta({
        description: "App password of the account.",
        secret: true,
      }),
      imap: server("IMAP", "imap.gmail.com", 993),
      smtp: server("SMTP", "smtp.gmail.com", 465),
      recipients: z
        .array(z.string().regex(/^[^\s<>]+$/, "use addresses, where * stands for any letters"))
        .default([])
        .describe("Only these may be written to, e.g. `*@example.com`. Empty: anybody."),
    })
    .prefault({})
    .describe("A mailbox at Gmail, or at any other server for IMAP and SMTP."),
)
export type MailSettings = z.infer<ReturnType<typeof mailSettings>>
export type MailServer = MailSettings["imap"]

/** How what is said there is kept from others. */
export const protectionOf = ({ port, tls }: MailServer): "tls" | "starttls" | "none" => {
  if (tls === false) return "none"
  return tls === "starttls" || (tls === undefined && [143, 587].includes(port)) ? "starttls" : "tls"
}

export const mailGrant = (settings: MailSettings): Granted => ({
  at: "services.gmail",
  id: "gmail",
  grant: settings,
  lacks: lacking(settings),
})

const lacking = ({ signIn, user, password }: MailSettings) => {
  if (signIn !== "password") return 'signIn "password"'
  return user ? (password ? undefined : "a password") : "a user"
}

/** True for an address that the settings let be written to. */
export const mayWriteTo = (address: string, { recipients }: MailSettings) =>
  !recipients.length ||
  recipients.some((pattern) =>
    new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, "i").test(address),
  )
