import { command } from "../command.ts"

export const man = command({
  about: "Prints the manual page, for man to show or to keep where man finds it.",
  args: {},
  examples: [
    ["fased man | man -l -", "read it"],
    ["fased man > ~/.local/share/man/man1/fased.1", "keep it"],
  ],
  async run(_, { out, version }) {
    const { manualPage } = await import("../man.ts")
    out.write(await manualPage(version))
  },
})
