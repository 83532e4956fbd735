import type { App } from "../app.ts"
import { Icon, Logo } from "../parts/icon.tsx"

const questions = [
  { ask: "What can you do?", why: "A tour of what is set up" },
  { ask: "Is everything ok?", why: "What runs, and what is missing" },
  { ask: "How do I connect a model?", why: "OpenAI, Anthropic, Google or your own" },
  { ask: "How do I add Telegram?", why: "Talk to it from your phone" },
]

export const Welcome = ({ app }: { app: App }) => (
  <section class="welcome" aria-labelledby="welcome">
    <Logo />
    <h1 id="welcome">What would you like to know?</h1>
    <p>
      Your gateway is running
      {app.model.value && (
        <>
          {" "}
          and answers with <b>{app.model}</b>
        </>
      )}
      . Ask anything, or begin with one of these.
    </p>
    <ul>
      {questions.map(({ ask, why }) => (
        <li key={ask}>
          <button type="button" onClick={() => void app.send(ask)}>
            <span>
              <b>{ask}</b>
              <small>{why}</small>
            </span>
            <Icon name="chevron" />
          </button>
        </li>
      ))}
    </ul>
  </section>
)
