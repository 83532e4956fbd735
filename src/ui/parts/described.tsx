/** A description from a declaration: what stands between backticks is code. */
export const Described = ({ text }: { text: string }) => (
  <>{text.split("`").map((part, at) => (at % 2 ? <code key={at}>{part}</code> : part))}</>
)
