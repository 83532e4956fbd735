import { CopyButton } from "../parts/copy-button.tsx"

export const CodeBlock = ({ code, language = "" }: { code: string; language?: string }) => {
  const name = language.trim().split(/\s/, 1)[0]
  return (
    <figure class="code">
      <figcaption>
        <span>{name || "text"}</span>
        <CopyButton text={code} what="code" />
      </figcaption>
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  )
}
