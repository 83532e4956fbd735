export { default as tab, script } from "@bomb.sh/tab"
