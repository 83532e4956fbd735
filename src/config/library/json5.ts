export { default as json5 } from "json5"
