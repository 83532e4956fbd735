import { useState } from "preact/hooks"
import { editConfig } from "../../edit-config.ts"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { ChoiceField, LongTextField, SecretField, TextField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { toast } from "../../parts/toast.tsx"

interface Props {
  gateway: Gateway
  /** Names that are in use. */
  taken: readonly string[]
  onDone: () => void
}

export const AddMcpServer = ({ gateway, taken, onDone }: Props) => {
  const [name, setName] = useState("")
  const [kind, setKind] = useState<"url" | "command">("url")
  const [where, setWhere] = useState("")
  const [args, setArgs] = useState("")
  const [token, setToken] = useState("")
  const [trouble, setTrouble] = useState<{ of: "name" | "where" | "all"; text: string }>()
  const problemOf = (of: string) => (trouble?.of === of ? trouble.text : undefined)

  const add = async () => {
    const id = name.trim()
    if (!id) return setTrouble({ of: "name", text: "Give it a name." })
    if (taken.includes(id)) return setTrouble({ of: "name", text: "That name is taken." })
    if (!where.trim()) return setTrouble({ of: "where", text: "Say where it is." })
    const lines = args.split("\n").filter(Boolean)
    const value =
      kind === "url"
        ? { url: where.trim() }
        : { command: where.trim(), ...(lines.length && { args: lines }) }
    try {
      await editConfig(gateway, [{ path: ["mcp", "servers", id], value }])
      if (kind === "url" && token.trim())
        await gateway.call("secrets.set", { path: `mcp.servers.${id}.token`, value: token.trim() })
      toast(`${id} is added.`)
      onDone()
    } catch (thrown) {
      setTrouble({ of: "all", text: `Could not add it: ${reason(thrown)}.` })
    }
  }
  return (
    <FormDialog title="Add a server" action="Add it" onSubmit={add} onClose={onDone}>
      <TextField
        label="Name"
        hint="Its tools are called after it."
        placeholder="calendar"
        maxLength={64}
        value={name}
        problem={problemOf("name")}
        onChange={setName}
      />
      <ChoiceField
        label="It is"
        value={kind}
        options={[
          { value: "url", label: "At an address" },
          { value: "command", label: "A program on the gateway’s machine" },
        ]}
        onChange={(value) => setKind(value === "command" ? "command" : "url")}
      />
      <TextField
        label={kind === "url" ? "Address" : "Program"}
        hint={kind === "command" ? "Its name, or its whole path." : undefined}
        placeholder={kind === "url" ? "https://mcp.example.com/mcp" : "uvx"}
        value={where}
        problem={problemOf("where")}
        onChange={setWhere}
      />
      {kind === "command" ? (
        <LongTextField
          label="What it is started with"
          hint="A word or an option on each line."
          value={args}
          onChange={setArgs}
        />
      ) : (
        <SecretField
          label="Token"
          hint="Sent with each call; may be left empty."
          value={token}
          onChange={setToken}
        />
      )}
      {trouble?.of === "all" && (
        <p class="field-problem" role="alert">
          {trouble.text}
        </p>
      )}
    </FormDialog>
  )
}
