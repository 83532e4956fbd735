import { useEffect, useRef, useState } from "preact/hooks"
import { Icon } from "./icon.tsx"

/** Long enough to type on, short enough to feel immediate. */
const typingMs = 180

interface Props {
  /** What is searched, for those who cannot see it. */
  label: string
  placeholder?: string
  /** Words that narrow it down already. */
  initial?: string
  /** Told once the person pauses. */
  onSearch: (words: string) => void
}

/** Words that narrow a list down. */
export const SearchField = ({ label, placeholder = "Search", initial = "", onSearch }: Props) => {
  const [words, setWords] = useState(initial)
  const told = useRef(initial)
  useEffect(() => {
    const meant = words.trim()
    if (meant === told.current) return
    const timer = setTimeout(() => {
      told.current = meant
      onSearch(meant)
    }, typingMs)
    return () => clearTimeout(timer)
  }, [words])
  return (
    <label class="search">
      <Icon name="search" />
      <span class="hidden">{label}</span>
      <input
        type="search"
        placeholder={placeholder}
        value={words}
        onInput={({ currentTarget }) => setWords(currentTarget.value)}
      />
    </label>
  )
}
