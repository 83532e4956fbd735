import { chmodSync } from "node:fs"
import { Paths } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { type AnyRisk, type Exposure, risk, type Severity } from "../kernel/risk.ts"
import { openTo, type OpenPath, privatePlaces, type PrivatePlace } from "./private-places.ts"

/** What lies there, and how grave it is when everybody can read it. */
const places: Record<PrivatePlace, readonly [what: string, readable: Severity]> = {
  state_dir: ["the state folder", "warn"],
  config: ["the config", "critical"],
  env: ["the .env file", "critical"],
  database: ["the database", "critical"],
  database_copies: ["copies of the database", "critical"],
  secrets: ["secrets.json", "critical"],
  identity: ["this installation's key", "critical"],
  tls: ["the certificate and its key", "critical"],
  logs: ["the log", "warn"],
  media: ["pictures of conversations", "critical"],
}

/** From the gravest; a place is told by the first that fits. */
const degrees = [
  ["perms_writable", 0o022, "change"],
  ["perms_world_readable", 0o005, "read"],
  ["perms_group_readable", 0o050, "read"],
] as const

const severityOf = (id: (typeof degrees)[number][0], readable: Severity): Severity =>
  id === "perms_writable" ? "critical" : id === "perms_world_readable" ? readable : "warn"

/** Files of this instance that others on this machine can read or change. */
export const openFiles: readonly AnyRisk[] = Object.entries(places).flatMap(
  ([place, [what, readable]]) =>
    degrees.map(([degree, , verb]) =>
      risk({
        id: `fs.${place}.${degree}`,
        title: `Others on this machine can ${verb} ${what}`,
        needs: { paths: Paths, settings: Settings },
        detect({ paths, settings }) {
          const places = privatePlaces(paths, settings.current().files)
          const open = openTo(places[place as PrivatePlace])
          return open.length && degreeOf(open) === degree
            ? exposure(open, severityOf(degree, readable))
            : null
        },
      }),
    ),
)

const degreeOf = (open: readonly OpenPath[]) => {
  const bits = open.reduce((sum, { mode }) => sum | mode, 0)
  return degrees.find(([, mask]) => bits & mask)?.[0]
}

const exposure = (open: readonly OpenPath[], severity: Severity): Exposure => {
  const commands = open.map(({ path, wanted }) => `chmod ${octal(wanted)} ${path}`).join(" && ")
  return {
    severity,
    detail: `${open.map(({ path, mode }) => `${path} has mode ${octal(mode)}`).join(", ")}.`,
    remediation: commands,
    fix: {
      describe: commands,
      apply() {
        for (const { path, wanted } of open) chmodSync(path, wanted)
      },
    },
  }
}

const octal = (mode: number) => mode.toString(8)
