export { parse } from "jsonc-morph"
