import { useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import { ChoiceField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { useUndertaking } from "../../undertaking.ts"
import { nodeName } from "./node-deeds.ts"
import type { Node } from "./node-deeds.ts"

interface Props {
  gateway: Gateway
  node: Node
  onClose: () => void
}

const parsed = (text: string): { value: unknown } | undefined => {
  try {
    return { value: text.trim() ? JSON.parse(text) : undefined }
  } catch {
    return undefined
  }
}

/** Asks a node for one thing it offers, and shows its answer. */
export const AskNode = ({ gateway, node, onClose }: Props) => {
  const [command, setCommand] = useState(node.commands[0] ?? "")
  const [text, setText] = useState("{}")
  const params = parsed(text)
  const asking = useUndertaking(async (signal) => {
    const { payload } = await longCall(
      gateway,
      "node.invoke",
      {
        nodeId: node.nodeId,
        command,
        params: params?.value,
        timeoutMs: 25_000,
        idempotencyKey: crypto.randomUUID(),
      },
      { signal },
    )
    return JSON.stringify(payload, null, 2) ?? "nothing"
  })
  const { isBusy, failure, value: answer } = asking
  return (
    <FormDialog
      title={`Ask ${nodeName(node)}`}
      action="Ask"
      leave="Close"
      isReady={params !== undefined && command !== ""}
      onSubmit={() => asking.start()}
      onClose={onClose}
    >
      <ChoiceField
        label="For"
        value={command}
        onChange={setCommand}
        options={node.commands.map((name) => ({ value: name, label: name }))}
      />
      <div class="form-field">
        <label for="node-params">With</label>
        <textarea
          id="node-params"
          class="code"
          rows={4}
          spellcheck={false}
          aria-invalid={params ? undefined : true}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        {!params && <p class="field-problem">This is not JSON yet.</p>}
      </div>
      {isBusy && <Progress text="Waiting for its answer" onCancel={asking.giveUp} />}
      {failure && <FailureNotice what="get an answer" failure={failure} />}
      {!isBusy && answer !== undefined && (
        <div class="answer">
          <pre tabIndex={0}>{answer}</pre>
        </div>
      )}
    </FormDialog>
  )
}
