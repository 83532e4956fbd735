import { takeToken } from "./credentials.ts"
import { exchange, isSignedIn } from "./session.ts"

/** The sign-in page works as a plain form; this spares it the reloads. */
const form = document.querySelector("form")!
const field = form.querySelector<HTMLInputElement>("#token")!
const button = form.querySelector("button")!
const problem = form.querySelector("#problem")!
const returned = "fased.returned"

const enter = () => location.replace(form.querySelector<HTMLInputElement>("[name=to]")!.value)

const tryToken = async (token: string) => {
  button.disabled = true
  const outcome = await exchange(token)
  if (outcome.kind === "signed-in") return enter()
  const { message, details } = outcome.error ?? { message: "The gateway is not answering." }
  const { hint = "Try again in a moment." } = (details ?? {}) as { hint?: string }
  problem.textContent = `${message} ${hint}`
  field.setAttribute("aria-invalid", String(outcome.kind === "refused"))
  button.disabled = false
  field.select()
}

/** A link on another site leaves the cookie behind; once here, it may come along. */
const enterIfKnown = async () => {
  const wasHere = sessionStorage.getItem(returned) !== null
  sessionStorage.removeItem(returned)
  if (wasHere || !(await isSignedIn())) return
  sessionStorage.setItem(returned, "")
  enter()
}

form.addEventListener("submit", (event) => {
  event.preventDefault()
  void tryToken(field.value)
})
addEventListener("hashchange", () => {
  const token = takeToken(window)
  if (token) void tryToken(token)
})

const linked = takeToken(window)
if (linked) void tryToken(linked)
else void enterIfKnown()
