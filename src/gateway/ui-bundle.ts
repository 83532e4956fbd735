import { basename } from "node:path"
import { fileURLToPath } from "node:url"
import { besideProgram } from "../kernel/aside.ts"

/** One file of the pages, as the browser gets it. */
export interface UiFile {
  /** Flat, with a content hash in it; the pages themselves are `index.html` and `sign-in.html`. */
  name: string
  type: string
  bytes: Uint8Array<ArrayBuffer>
}

/** In the binary the pages lie in this folder, and a list of them under this name. */
export const pagesFolder = "pages"
export const pagesList = "pages.json"

/** Bundles the pages from source. */
export const bundlePages = async (): Promise<UiFile[]> => {
  const root = fileURLToPath(new URL("../ui", import.meta.url))
  const { outputs } = await Bun.build({
    entrypoints: [`${root}/index.html`, `${root}/sign-in.html`],
    root,
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

const readPages = async (folder: string): Promise<UiFile[]> => {
  const list = (await Bun.file(`${folder}/${pagesList}`).json()) as Omit<UiFile, "bytes">[]
  return Promise.all(
    list.map(async (file) => ({
      ...file,
      bytes: await Bun.file(`${folder}/${file.name}`).bytes(),
    })),
  )
}

/** The binary holds the pages bundled; run from source, they are bundled here, on first use. */
export const readBundle = (): Promise<UiFile[]> => {
  const folder = besideProgram(pagesFolder)
  return folder ? readPages(folder) : bundlePages()
}
