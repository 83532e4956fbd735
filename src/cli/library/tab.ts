export { default, script } from "@bomb.sh/tab"
