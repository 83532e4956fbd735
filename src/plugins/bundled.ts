/** Plugins whose sources the program carries: `fased plugins install <name>` writes them to disk. */
const sources: Readonly<Record<string, Readonly<Record<string, () => Promise<unknown>>>>> = {
  example: {
    "fased.plugin.json": () => import("./example/fased.plugin.json", { with: { type: "text" } }),
    "index.ts": () => import("./example/index.ts", { with: { type: "text" } }),
  },
  // What it speaks through is fetched when it is installed: a part of that is under the GPL.
  whatsapp: {
    "bun.lock": () => import("./whatsapp/bun.lock", { with: { type: "text" } }),
    "connect.ts": () => import("./whatsapp/connect.ts", { with: { type: "text" } }),
    "content.ts": () => import("./whatsapp/content.ts", { with: { type: "text" } }),
    "credentials.ts": () => import("./whatsapp/credentials.ts", { with: { type: "text" } }),
    "download.ts": () => import("./whatsapp/download.ts", { with: { type: "text" } }),
    "endings.ts": () => import("./whatsapp/endings.ts", { with: { type: "text" } }),
    "fased.plugin.json": () => import("./whatsapp/fased.plugin.json", { with: { type: "text" } }),
    "groups.ts": () => import("./whatsapp/groups.ts", { with: { type: "text" } }),
    "handover.ts": () => import("./whatsapp/handover.ts", { with: { type: "text" } }),
    "ids.ts": () => import("./whatsapp/ids.ts", { with: { type: "text" } }),
    "inbound.ts": () => import("./whatsapp/inbound.ts", { with: { type: "text" } }),
    "index.ts": () => import("./whatsapp/index.ts", { with: { type: "text" } }),
    "kept.ts": () => import("./whatsapp/kept.ts", { with: { type: "text" } }),
    "link.ts": () => import("./whatsapp/link.ts", { with: { type: "text" } }),
    "login.ts": () => import("./whatsapp/login.ts", { with: { type: "text" } }),
    "outbound.ts": () => import("./whatsapp/outbound.ts", { with: { type: "text" } }),
    "package.json": () => import("./whatsapp/package.json", { with: { type: "text" } }),
    "people.ts": () => import("./whatsapp/people.ts", { with: { type: "text" } }),
    "quiet.ts": () => import("./whatsapp/quiet.ts", { with: { type: "text" } }),
    "recent.ts": () => import("./whatsapp/recent.ts", { with: { type: "text" } }),
    "render.ts": () => import("./whatsapp/render.ts", { with: { type: "text" } }),
    "session.ts": () => import("./whatsapp/session.ts", { with: { type: "text" } }),
    "settings.ts": () => import("./whatsapp/settings.ts", { with: { type: "text" } }),
    "version.ts": () => import("./whatsapp/version.ts", { with: { type: "text" } }),
  },
}

export const bundledNames: readonly string[] = Object.keys(sources)

/** The files of one, by name; undefined when there is none of that name. */
export const bundledFiles = async (name: string) => {
  if (!Object.hasOwn(sources, name)) return undefined
  const files = await Promise.all(
    Object.entries(sources[name]!).map(async ([file, load]) => {
      // Imported as text, whatever its type says.
      const { default: text } = (await load()) as { default: string }
      return [file, text] as const
    }),
  )
  return Object.fromEntries(files)
}
