import * as z from "zod"

/** Where things lie in an archive. */
export const places = {
  manifest: "manifest.json",
  database: "database/fased.db",
  config: "config/",
  secrets: "secrets/",
  workspaces: "workspaces/",
} as const

/** Files and folders of the state that hold nothing but secrets. */
export const secretParts = [
  ".env",
  "service.env",
  "secrets.json",
  "identity",
  "tls",
  "credentials",
] as const

const entry = z.object({
  path: z.string().min(1),
  kind: z.enum(["file", "folder", "link"]),
  size: z.int().min(0),
  mode: z.int().min(0).max(0o777),
  /** Of a file. */
  sha256: z.string().optional(),
  /** Of a link. */
  target: z.string().optional(),
})
export type Listed = z.infer<typeof entry>

export const backupManifest = z.object({
  product: z.literal("fased"),
  kind: z.literal("backup"),
  format: z.literal(1),
  version: z.string(),
  createdAt: z.number(),
  /** Secrets are in it, in files and in the database. */
  secrets: z.boolean(),
  database: z.object({ migrations: z.array(z.string()) }).optional(),
  config: z
    .object({
      name: z.string().regex(/^[^/]+$/),
      /** Settings whose secrets were left out; each is a reference to a variable now. */
      masked: z.array(z.object({ path: z.string(), variable: z.string() })),
      /** Files it includes that are not in the backup. */
      leftOut: z.array(z.string()),
    })
    .optional(),
  workspaces: z.array(
    z.object({
      agent: z.string().regex(/^[A-Za-z0-9_-]+$/),
      /** Where it lay. */
      path: z.string(),
      /** The same from the state folder, when it lay in it. */
      inState: z.string().optional(),
    }),
  ),
  /** Everything in the archive but this manifest, which comes last. */
  entries: z.array(entry),
})
export type BackupManifest = z.infer<typeof backupManifest>
