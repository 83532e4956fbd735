import { existsSync, mkdirSync, watch, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** Writes a hook's folder and gives its path. */
export const writeHook = (
  root: string,
  name: string,
  { events, handler, requires = {} }: { events: string[]; handler?: string; requires?: object },
) => {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  const metadata = JSON.stringify({ fased: { events, requires } })
  writeFileSync(
    join(folder, "HOOK.md"),
    `---\nname: ${name}\ndescription: A test's own.\nmetadata: ${metadata}\n---\n`,
  )
  if (handler !== undefined) writeFileSync(join(folder, "handler.ts"), handler)
  return folder
}

/** A handler that adds each event to a file, one a line. */
export const noting = (file: string) => `
import { appendFileSync } from "node:fs"
interface Event { type: string; action: string }
export default (event: Event) => {
  appendFileSync(${JSON.stringify(file)}, JSON.stringify(event) + "\\n")
}
`

/** Once the file is there, which it is not yet. */
export const appears = (file: string) =>
  new Promise<void>((resolve) => {
    const watcher = watch(dirname(file), () => {
      if (!existsSync(file)) return
      watcher.close()
      resolve()
    })
  })
