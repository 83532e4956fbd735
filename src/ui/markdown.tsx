import MarkdownIt from "markdown-it/browser"
import type { ComponentChildren, VNode } from "preact"
import { h } from "preact"
import { CodeBlock } from "./view/code-block.tsx"

const parser = new MarkdownIt({ html: false, linkify: true, breaks: true })
parser.linkify.set({ fuzzyEmail: false, fuzzyIP: false })

type Token = ReturnType<typeof parser.parse>[number]

/** Elements Markdown may make. Everything else in a message is text. */
const elements = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li blockquote table thead tbody tr th td strong em s".split(" "),
)

const safeProtocols = new Set(["http:", "https:", "mailto:"])

/** The address when a person may be sent there, else undefined. Relative links have no meaning here. */
export const safeHref = (href: string): string | undefined => {
  if (!URL.canParse(href)) return undefined
  const url = new URL(href)
  return safeProtocols.has(url.protocol) ? url.href : undefined
}

const safePicture = /^data:image\/(?:png|jpeg|gif|webp);base64,[a-z\d+/=]+$/i

const link = (href: string, children: ComponentChildren) => {
  const safe = safeHref(href)
  if (!safe) return <span>{children}</span>
  return (
    <a href={safe} title={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}

const attribute = (token: Token, name: string) => String(token.attrGet(name) ?? "")

/** Pictures elsewhere become links: nothing is fetched from another origin. */
const picture = (token: Token) => {
  const source = attribute(token, "src")
  if (safePicture.test(source)) return <img src={source} alt={token.content} />
  return link(source, token.content || "picture")
}

const headings: Record<string, string> = {
  h1: "h3",
  h2: "h3",
  h3: "h4",
  h4: "h4",
  h5: "h5",
  h6: "h6",
}

const element = (token: Token, children: ComponentChildren[]): ComponentChildren => {
  if (token.tag === "a") return link(attribute(token, "href"), children)
  if (!elements.has(token.tag)) return children
  if (token.tag === "table")
    return (
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Table">
        <table>{children}</table>
      </div>
    )
  const start = Number(attribute(token, "start") || 1)
  const align = /text-align:(left|center|right)/.exec(attribute(token, "style"))?.[1]
  const attributes = {
    ...(token.tag === "ol" && start !== 1 && { start }),
    ...(align && { class: `align-${align}` }),
  }
  return h(headings[token.tag] ?? token.tag, attributes, ...children)
}

const leaf = (token: Token): ComponentChildren => {
  switch (token.type) {
    case "text":
    case "text_special":
      return token.content
    case "inline":
      return vnodes(token.children ?? [])
    case "code_inline":
      return <code>{token.content}</code>
    case "fence":
    case "code_block":
      return <CodeBlock code={token.content.replace(/\n$/, "")} language={token.info} />
    case "softbreak":
    case "hardbreak":
      return <br />
    case "hr":
      return <hr />
    case "image":
      return picture(token)
    default:
      return token.content
  }
}

const vnodes = (tokens: Token[]): ComponentChildren[] => {
  const root: ComponentChildren[] = []
  const open: { token: Token; children: ComponentChildren[] }[] = []
  for (const token of tokens) {
    const here = open.at(-1)?.children ?? root
    if (token.hidden) continue
    if (token.nesting === 1) open.push({ token, children: [] })
    else if (token.nesting === 0) here.push(leaf(token))
    else {
      const closed = open.pop()
      if (closed) (open.at(-1)?.children ?? root).push(element(closed.token, closed.children))
    }
  }
  return root
}

/** Markdown as elements, never as markup: there is no string a browser could run. */
export const Markdown = ({ text }: { text: string }): VNode => (
  <div class="prose">{vnodes(parser.parse(text, {}))}</div>
)
