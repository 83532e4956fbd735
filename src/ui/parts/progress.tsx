interface Props {
  /** What goes on: `Checking everything`. */
  text: string
  /** From 0 to 1 where that is known. */
  done?: number
  /** Where it can be given up. */
  onCancel?: () => void
}

/** Something that takes a while, and can be told to stop. */
export const Progress = ({ text, done, onCancel }: Props) => (
  <div class="progress" role="status">
    <span>{text}…</span>
    <progress value={done} aria-label={text} />
    {onCancel && (
      <button type="button" class="link" onClick={onCancel}>
        Cancel
      </button>
    )}
  </div>
)
