export { Cron } from "croner"
