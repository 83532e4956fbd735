import type { UiFile } from "./ui-bundle.ts"

const name = "manifest.webmanifest"

/**
 * Adds what lets a browser install the page. Its addresses are relative to the manifest, which lies
 * at the base path; the icon goes by the name that the bundler gave it.
 */
export const withManifest = (files: readonly UiFile[]): UiFile[] => {
  const icon = files.find((file) => /^icon\b.*\.svg$/.test(file.name))
  const manifest = {
    name: "fased",
    short_name: "fased",
    description: "Your assistants, and the gateway they live in.",
    start_url: "./",
    scope: "./",
    display: "standalone",
    background_color: "#faf9f7",
    theme_color: "#faf9f7",
    icons: icon ? [{ src: icon.name, type: "image/svg+xml", sizes: "any", purpose: "any" }] : [],
  }
  const bytes = new TextEncoder().encode(JSON.stringify(manifest))
  return [
    ...files.map((file) => (file.name === "index.html" ? linked(file) : file)),
    { name, type: "application/manifest+json", bytes },
  ]
}

const linked = (page: UiFile): UiFile => {
  const html = new HTMLRewriter()
    .on("head", {
      element: (head) => void head.append(`<link rel="manifest" href="/${name}">`, { html: true }),
    })
    .transform(new TextDecoder().decode(page.bytes))
  return { ...page, bytes: new TextEncoder().encode(html) }
}
