import { signal } from "@preact/signals"
import type { Markdown } from "../markdown.tsx"

const renderer = signal<typeof Markdown>()

/** Fetches the Markdown renderer, so that it is there before the first answer. */
export const loadRenderer = async () => {
  renderer.value ??= (await import("../markdown.tsx")).Markdown
}

/** Plain text until the renderer has arrived. */
export const RichText = ({ text }: { text: string }) => {
  const Renderer = renderer.value
  return Renderer ? <Renderer text={text} /> : <div class="prose plain">{text}</div>
}
