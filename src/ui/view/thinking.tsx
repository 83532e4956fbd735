import { Icon } from "../parts/icon.tsx"

/** What the model said to itself; closed until somebody wants to know. */
export const Thinking = ({ text, isLive }: { text: string; isLive: boolean }) => (
  <details class={isLive ? "thinking running" : "thinking"}>
    <summary>
      <Icon name="thought" />
      <span>{isLive ? "Thinking" : "Thought about it"}</span>
      <Icon name="chevron" />
    </summary>
    <div class="thinking-body">{text}</div>
  </details>
)
