export { confirm, intro, log, note, outro, password, select, text, unicode } from "@clack/prompts"
