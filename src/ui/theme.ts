import { signal } from "@preact/signals"

export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const shelf = "fased.theme"

/** Light or dark as the system says, unless the person said otherwise in this browser. */
export const createTheme = (root: HTMLElement, storage: Pick<Storage, "getItem" | "setItem">) => {
  const known = themes.find((theme) => theme === storage.getItem(shelf))
  const theme = signal<Theme>(known ?? "system")
  const show = () => {
    root.dataset["theme"] = theme.value
  }
  show()
  return {
    theme,
    choose(next: Theme) {
      theme.value = next
      storage.setItem(shelf, next)
      show()
    },
  }
}

export type ThemeSwitch = ReturnType<typeof createTheme>
