import type { SafeBinSettings } from "../agents/safe-bins.ts"
import type { Step } from "./analyse.ts"
import { isIn } from "./locate.ts"
import { systemFolders } from "./programs.ts"

/** What a program may be given so that it only reads its input. */
interface Profile {
  minPositional: number
  maxPositional: number
  /** Options with a value. */
  valued: readonly string[]
  denied: readonly string[]
  /** Long options without a value. All others are refused, abbreviations too. */
  known?: readonly string[]
  /** Options that stand for the first positional word, which is a file name then. */
  instead?: readonly string[]
  /** Words that are refused whatever they stand for. */
  refused?: RegExp
}

const words = (text: string) => text.split(" ")
const pipe = { minPositional: 0, maxPositional: 0, denied: [] as string[] }

const profiles: Readonly<Record<string, Profile>> = {
  cut: {
    ...pipe,
    valued: words("-b -c -d -f --bytes --characters --delimiter --fields --output-delimiter"),
    known: words("--complement --only-delimited --zero-terminated"),
  },
  head: {
    ...pipe,
    valued: words("-n -c --lines --bytes"),
    known: words("--quiet --silent --verbose --zero-terminated"),
  },
  tail: {
    ...pipe,
    valued: words("-n -c -s --lines --bytes"),
    denied: words("-f -F --follow --retry --pid"),
    known: words("--quiet --silent --verbose --zero-terminated"),
  },
  tr: {
    ...pipe,
    minPositional: 1,
    maxPositional: 2,
    valued: [],
    known: words("--complement --delete --squeeze-repeats --truncate-set1"),
  },
  uniq: {
    ...pipe,
    valued: words("-f -s -w --skip-fields --skip-chars --check-chars"),
    known: words("--count --repeated --ignore-case --unique --zero-terminated"),
  },
  wc: {
    ...pipe,
    valued: [],
    denied: words("--files0-from"),
    known: words("--bytes --chars --lines --words --max-line-length"),
  },
  grep: {
    ...pipe,
    maxPositional: 1,
    valued: words("-e -m -A -B -C --regexp --max-count --after-context --before-context --context"),
    denied: words(
      "-r -R -d -D -f --recursive --file --exclude-from --directories --dereference-recursive",
    ),
    known: words(
      "--ignore-case --invert-match --word-regexp --line-regexp --count --line-number --only-matching --quiet --extended-regexp --fixed-strings --perl-regexp --text",
    ),
    instead: words("-e --regexp"),
  },
  sort: {
    ...pipe,
    valued: words("-k -t -S --key --field-separator --buffer-size"),
    denied: words(
      "-o -T --output --files0-from --compress-program --random-source --temporary-directory",
    ),
    known: words(
      "--reverse --unique --numeric-sort --human-numeric-sort --version-sort --ignore-case --stable --zero-terminated --check",
    ),
  },
  jq: {
    ...pipe,
    minPositional: 1,
    maxPositional: 1,
    valued: words("--indent"),
    denied: words("-f -L --from-file --argfile --rawfile --slurpfile --library-path"),
    known: words(
      "--compact-output --raw-output --slurp --null-input --sort-keys --exit-status --join-output --tab",
    ),
    // A filter can read files and the environment.
    refused: /\$ENV|\b(?:env|import|include|input_filename|modulemeta|get_search_list)\b/,
  },
}

/** Names in `safeBins` that nothing is known of, so that they are never safe. */
export const withoutProfile = ({ safeBins, safeBinProfiles }: SafeBinSettings) =>
  safeBins.filter((name) => !Object.hasOwn(profiles, name) && !Object.hasOwn(safeBinProfiles, name))

/** True for a program that can do no more than turn its input into output. */
export const isSafe = ({ program, args, kind }: Step, settings: SafeBinSettings) => {
  const { safeBins, safeBinTrustedDirs } = settings
  if (kind !== "plain" || !safeBins.includes(program.name)) return false
  if (!isIn(program, [...systemFolders, ...safeBinTrustedDirs])) return false
  const profile = profileOf(program.name, settings)
  return (
    !!profile &&
    args.every(({ literal }) => literal) &&
    fits(
      args.map((a) => a.text),
      profile,
    )
  )
}

const profileOf = (name: string, { safeBinProfiles }: SafeBinSettings): Profile | undefined => {
  const own = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (!Object.hasOwn(safeBinProfiles, name)) return own
  const { allowedValueFlags, deniedFlags, ...limits } = safeBinProfiles[name]!
  return {
    ...own,
    ...limits,
    valued: [...(own?.valued ?? []), ...allowedValueFlags],
    // What the config says is added to what is refused here, and takes nothing away.
    denied: [...(own?.denied ?? []), ...deniedFlags],
  }
}

const fits = (args: readonly string[], profile: Profile) => {
  const { minPositional, valued, denied, known = [], instead = [], refused } = profile
  let { maxPositional } = profile
  let positional = 0
  let optionsOver = false
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    if (refused?.test(arg)) return false
    if (optionsOver || !arg.startsWith("-")) positional++
    else if (arg === "--") optionsOver = true
    else if (arg.startsWith("--")) {
      const [name, value] = splitOnce(arg)
      if (denied.includes(name)) return false
      if (instead.includes(name)) maxPositional--
      if (valued.includes(name)) {
        if (value === undefined && ++at >= args.length) return false
      } else if (value !== undefined || !known.includes(name)) return false
    } else
      for (let letter = 1; letter < arg.length; letter++) {
        const name = `-${arg[letter]}`
        if (denied.includes(name) || !/^-[A-Za-z0-9]$/.test(name)) return false
        if (instead.includes(name)) maxPositional--
        if (!valued.includes(name)) continue
        // What is left of the word is the value, else the next word.
        if (letter === arg.length - 1 && ++at >= args.length) return false
        break
      }
  }
  return positional >= minPositional && positional <= maxPositional
}

const splitOnce = (arg: string): [name: string, value: string | undefined] => {
  const at = arg.indexOf("=")
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)]
}
