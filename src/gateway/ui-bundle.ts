import { basename, dirname } from "node:path"
import app from "../ui/index.html"
import signIn from "../ui/sign-in.html"

/** One file of the pages, as the browser gets it. */
export interface UiFile {
  /** Flat, with a content hash in it; the pages themselves are `index.html` and `sign-in.html`. */
  name: string
  type: string
  bytes: Uint8Array<ArrayBuffer>
}

type Page = typeof app
type Embedded = NonNullable<Page["files"]>[number]

const readEmbedded = async (
  { path, loader, headers }: Embedded,
  page: string,
): Promise<UiFile> => ({
  name: loader === "html" ? page : basename(path),
  type: headers["content-type"],
  bytes: new Uint8Array(await Bun.file(path).arrayBuffer()),
})

const build = async (pages: readonly string[]): Promise<UiFile[]> => {
  const { outputs } = await Bun.build({
    entrypoints: [...pages],
    root: dirname(pages[0]!),
    minify: true,
    splitting: true,
    publicPath: "/",
    env: "disable",
    // What the page is built from asks for it, and a browser has no `process`.
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

/** The binary holds the pages bundled; run from source, they are bundled here, on first use. */
export const readBundle = async (): Promise<UiFile[]> => {
  if (!app.files || !signIn.files) return build([app.index, signIn.index])
  return Promise.all([
    ...app.files.map((file) => readEmbedded(file, "index.html")),
    ...signIn.files.map((file) => readEmbedded(file, "sign-in.html")),
  ])
}
