import { useState } from "preact/hooks"
import type { Link } from "../connection.ts"
import type { Trouble } from "../trouble.ts"
import { CopyButton } from "../parts/copy-button.tsx"
import { Icon, Logo } from "../parts/icon.tsx"

export type Secret = { kind: "token" | "password"; value: string }

interface Props {
  link: Extract<Link, { trouble: Trouble }>
  now: number
  onRetry: () => void
  onSecret: (secret: Secret) => void
}

const secondsLeft = (link: Props["link"], now: number) =>
  link.kind === "waiting" ? Math.max(0, Math.ceil((link.retryAt - now) / 1000)) : 0

const Command = ({ text }: { text: string }) => (
  <div class="command">
    <code>{text}</code>
    <CopyButton text={text} what="command" />
  </div>
)

const SecretForm = ({ kind, onSecret }: { kind: Secret["kind"]; onSecret: Props["onSecret"] }) => {
  const [value, setValue] = useState("")
  return (
    <form
      class="secret"
      onSubmit={(event) => {
        event.preventDefault()
        if (value.trim()) onSecret({ kind, value: value.trim() })
      }}
    >
      <label for="secret">{kind === "token" ? "Token" : "Password"}</label>
      <div>
        <input
          id="secret"
          type="password"
          autocomplete={kind === "token" ? "off" : "current-password"}
          spellcheck={false}
          value={value}
          onInput={({ currentTarget }) => setValue(currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={!value.trim()}>
          Connect
        </button>
      </div>
    </form>
  )
}

/** Takes the page's place while there is nothing else to show. */
export const TroublePage = ({ link, now, onRetry, onSecret }: Props) => {
  const { title, text, command, remedy } = link.trouble
  const seconds = secondsLeft(link, now)
  return (
    <main class="trouble" aria-labelledby="trouble">
      <section>
        <Logo />
        <h1 id="trouble">{title}</h1>
        <p role="status">{text}</p>
        {command && <Command text={command} />}
        {(remedy === "token" || remedy === "password") && (
          <SecretForm key={remedy} kind={remedy} onSecret={onSecret} />
        )}
        {(remedy === "retry" || remedy === "person") && (
          <p class="again">
            <button type="button" class="primary" onClick={onRetry}>
              Try now
            </button>
            {link.kind === "waiting" && seconds > 0 && (
              <span>or wait: next try in {seconds} s</span>
            )}
          </p>
        )}
      </section>
    </main>
  )
}

/** A line above the composer; the conversation stays readable. */
export const TroubleLine = ({ link, now, onRetry }: Omit<Props, "onSecret">) => {
  const { title, text, command } = link.trouble
  const seconds = secondsLeft(link, now)
  return (
    <div class="line" role="status">
      <Icon name="alert" />
      <p>
        <b>{title}.</b> {text} {command && <code>{command}</code>}
      </p>
      <button type="button" class="link" onClick={onRetry}>
        Try now
        <span aria-hidden="true">{seconds > 0 && ` (${seconds})`}</span>
      </button>
    </div>
  )
}
