/** Gives the person a file made in this page. */
export const saveFile = (name: string, type: string, parts: BlobPart[]) => {
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  // The browser has it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
