export { default } from "json5"
