import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { Skills } from "./library.ts"

export const readable = check({
  id: "skills.readable",
  title: "Every skill can be read",
  severity: "warn",
  after: [configValid],
  needs: { skills: Skills },
  async detect({ skills }) {
    const { broken } = await skills.of()
    return broken.length ? { broken } : null
  },
  explain: ({ broken }) =>
    `Agents are not told of these skills: ${broken.map(({ file, why }) => `${file} (${why})`).join("; ")}`,
  next: () => "Mend the file, or remove its folder. See: fased skills list",
})

export const complete = check({
  id: "skills.complete",
  title: "Skills that were switched on or installed have what they need",
  severity: "hint",
  after: [configValid],
  needs: { skills: Skills },
  async detect({ skills }) {
    const all = (await skills.of()).skills
    const lacking = all
      .filter(({ eligible, disabled, notAllowed, source }) => {
        return !eligible && !disabled && !notAllowed && source !== "bundled"
      })
      .map(({ manifest, missing }) => ({ name: manifest.name, lacks: lackOf(missing) }))
    return lacking.length ? { lacking } : null
  },
  explain: ({ lacking }) =>
    `These skills are not offered: ${lacking.map(({ name, lacks }) => `${name} (${lacks})`).join("; ")}.`,
  next: ({ lacking }) => `See how to complete one with: fased skills info ${lacking[0]!.name}`,
})

const lackOf = (missing: object) =>
  Object.entries(missing as Record<string, readonly string[]>)
    .filter(([, names]) => names.length)
    .map(([kind, names]) => `${words[kind]} ${names.join(", ")}`)
    .join(", ")

const words: Record<string, string> = {
  os: "runs on",
  bins: "needs",
  anyBins: "needs one of",
  env: "needs the variable",
  config: "needs the setting",
}

export const single = check({
  id: "skills.single",
  title: "No skill hides another one of its name",
  severity: "hint",
  after: [configValid],
  needs: { skills: Skills },
  async detect({ skills }) {
    const shadowed = (await skills.of()).shadowed.filter(({ source }) => source !== "bundled")
    return shadowed.length ? { files: shadowed.map(({ file }) => file) } : null
  },
  explain: ({ files }) =>
    `A skill of the same name in a higher place hides these: ${files.join(", ")}`,
  next: () => "Rename or remove the one you do not want. See: fased skills list",
})
