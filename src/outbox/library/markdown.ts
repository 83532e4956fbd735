/** The parser of Markdown, beside the program (kernel/aside.ts). */
import Parser from "markdown-it"

export const parser = () => new Parser({ html: false, linkify: false, breaks: true })
