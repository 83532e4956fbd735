import { basename, dirname } from "node:path"
import page from "../ui/index.html"

/** One file of the page, as the browser gets it. */
export interface UiFile {
  /** Flat, with a content hash in it; the page itself is `index.html`. */
  name: string
  type: string
  bytes: Uint8Array<ArrayBuffer>
}

type Embedded = NonNullable<typeof page.files>[number]

const readEmbedded = async ({ path, loader, headers }: Embedded): Promise<UiFile> => ({
  name: loader === "html" ? "index.html" : basename(path),
  type: headers["content-type"],
  bytes: new Uint8Array(await Bun.file(path).arrayBuffer()),
})

const build = async (index: string): Promise<UiFile[]> => {
  const { outputs } = await Bun.build({
    entrypoints: [index],
    root: dirname(index),
    minify: true,
    splitting: true,
    publicPath: "/",
    env: "disable",
    define: { "process.env.NODE_ENV": '"production"' },
  })
  return Promise.all(
    outputs.map(async (output) => ({
      name: basename(output.path),
      type: output.type,
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  )
}

/** The binary holds the page bundled; run from source, it is bundled here, on first use. */
export const readBundle = (): Promise<UiFile[]> =>
  page.files ? Promise.all(page.files.map(readEmbedded)) : build(page.index)
