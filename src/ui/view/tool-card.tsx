import type { ToolPart } from "../transcript.ts"
import { inputLine } from "../words.ts"
import { Icon } from "../parts/icon.tsx"
import { Pictures } from "./pictures.tsx"

const states = { running: "Running", done: "Done", failed: "Failed" }

const longest = 4000

const shortened = (text: string) =>
  text.length > longest
    ? `${text.slice(0, longest)}\n… ${text.length - longest} more characters`
    : text

const inputText = (input: unknown) =>
  typeof input === "string" ? input : JSON.stringify(input, null, 2)

interface Props {
  part: ToolPart
  /** Gives a picture of this conversation as a data URL. */
  loadPicture: (mediaId: string) => Promise<string>
}

export const ToolCard = ({
  part: { name, input, output, pictures = [], state },
  loadPicture,
}: Props) => (
  <details class={`tool ${state}`}>
    <summary>
      <Icon name="tool" />
      <span class="tool-name">{name}</span>
      <span class="tool-input">{inputLine(input)}</span>
      <span class="tool-state">{states[state]}</span>
      <Icon name="chevron" />
    </summary>
    <div class="tool-body">
      {input !== undefined && (
        <>
          <h4>Input</h4>
          <pre tabIndex={0}>{shortened(inputText(input) ?? "")}</pre>
        </>
      )}
      <h4>Result</h4>
      <pre tabIndex={0}>
        {shortened(output) || (state === "running" ? "Still running." : "Nothing.")}
      </pre>
      {pictures.length > 0 && (
        <Pictures list={pictures} alt={`Picture from ${name}`} load={loadPicture} />
      )}
    </div>
  </details>
)
