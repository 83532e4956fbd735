import { fault } from "../kernel/fault.ts"

export const unknownSkill = fault<{ name: string; known: readonly string[] }>("skills.unknown", {
  status: 404,
  message: ({ name }) => `No skill named "${name.slice(0, 80)}".`,
  hint: ({ known }) =>
    known.length ? `There are: ${known.slice(0, 20).join(", ")}` : "See: fased skills list",
})

export const badName = fault<{ name: string }>("skills.bad-name", {
  status: 400,
  message: ({ name }) => `"${name.slice(0, 80)}" cannot be the name of a skill.`,
  hint: () => "Use letters, digits, -, _ and ., at most 64, starting with a letter or digit.",
})

export const alreadyThere = fault<{ name: string; file: string }>("skills.already-there", {
  status: 409,
  message: ({ name, file }) => `A skill named ${name} is there already: ${file}`,
  hint: () => "Choose another name, or replace it with --force (overwrite in a call).",
})

export const notYours = fault<{ name: string; source: string }>("skills.not-yours", {
  status: 409,
  message: ({ name, source }) => `${name} (${source}) is not kept in a place of your own.`,
  hint: () => "Copy it to the workspace first, and change the copy: fased skills copy",
})

export const badSkillFile = fault<{ why: string }>("skills.bad-file", {
  status: 400,
  message: ({ why }) => `That SKILL.md cannot be used: ${why}.`,
  hint: () => "It begins with ---, a line `name:`, a line `description:` and another ---.",
})

export const badArchive = fault<{ why: string }>("skills.bad-archive", {
  status: 400,
  message: ({ why }) => `The archive was refused: ${why}. Nothing was written.`,
  hint: () => "Take a zip, tar or tar.gz with one skill in it, from someone you trust.",
})

export const badSpec = fault<{ spec: string }>("skills.bad-spec", {
  status: 400,
  message: ({ spec }) => `"${spec.slice(0, 120)}" is nothing a skill can be installed from.`,
  hint: () => "Give a folder, an archive (file or https address), or npm:<package>[@version].",
})

export const digestNeeded = fault<{ actual: string }>("skills.digest-needed", {
  status: 400,
  message: () => "What comes from elsewhere is only installed against a digest.",
  hint: ({ actual }) => `If its publisher names this digest, pass it along: --integrity ${actual}`,
})

export const digestDiffers = fault<{ wanted: string; actual: string }>("skills.digest-differs", {
  status: 400,
  message: ({ wanted, actual }) => `Its digest is ${actual}, not ${wanted}. Nothing was written.`,
  hint: () => "Someone changed it, or the digest is of another version. Ask its publisher.",
})

export const fetchFailed = fault<{ what: string; why: string }>("skills.fetch-failed", {
  status: 502,
  message: ({ what, why }) => `${what} could not be fetched: ${why}.`,
  hint: () => "Check the name and the connection, then try again.",
  retryable: true,
})

export const looksHarmful = fault<{ findings: readonly string[] }>("skills.looks-harmful", {
  status: 400,
  message: ({ findings }) => `It was not installed. It ${findings.join("; it ")}.`,
  hint: () =>
    "Read it. If you trust it all the same, put the folder into the workspace's skills yourself.",
})

export const unknownInstaller = fault<{ id: string; known: readonly string[] }>(
  "skills.unknown-installer",
  {
    status: 404,
    message: ({ id }) => `The skill has no installer "${id.slice(0, 80)}" for this machine.`,
    hint: ({ known }) => (known.length ? `It has: ${known.join(", ")}` : undefined),
  },
)

export const permissionsGrown = fault<{ name: string; more: readonly string[] }>(
  "skills.permissions-grown",
  {
    status: 409,
    message: ({ name, more }) => `The newer ${name} asks for more: ${more.join(", ")}.`,
    hint: () => "If that is what you want, add --approve-permission-change.",
  },
)
