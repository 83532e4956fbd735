/** What is known of programs by their names: which run others, and which are no programs at all. */

const set = (names: string) => new Set(names.trim().split(/\s+/))

/** Folders that only the administrator writes to, where a wrapper is what its name says. */
export const systemFolders: readonly string[] = ["/bin", "/usr/bin"]

/** Words that open a construct of the shell instead of naming a program. */
export const reserved = set(`
  if then else elif fi do done case esac while until for select function coproc repeat foreach end
  { } [[ ]] time ! nocorrect noglob -`)

/** Built into shells, and without effect on what runs later, but for the folder it runs in. */
export const harmlessBuiltins = set("cd true false : pwd")

/** Built into shells, and able to run something else or to change what a later name means. */
export const otherBuiltins = set(`
  . source eval exec builtin command alias unalias export declare typeset local readonly integer float
  set unset shift trap hash rehash enable type test [ printf read readarray mapfile let getopts bind
  shopt setopt unsetopt emulate autoload functions zmodload zle zparseopts vared bindkey compgen complete
  compopt caller fc history jobs fg bg wait disown suspend logout exit return break continue times ulimit
  umask pushd popd dirs print sched where whence zcompile zformat zstyle`)

/** Gives the program other rights: always asked for. */
const elevating = set("sudo sudoedit doas su pkexec runuser run0 setpriv capsh newgrp sg")

const shells = set("sh bash dash zsh ksh ksh93 mksh ash")

/** Runs the words behind its own options as a program, and does nothing else that matters. */
const wrappers = set("env nice nohup stdbuf timeout")

/** Its first word is a program in a language of its own. */
const inline = set(
  "awk gawk mawk nawk original-awk busybox toybox xonsh expect osascript deno bun emacs",
)

/** Runs a file in a language of its own, or what its options say. */
const interpreters = set(`
  python pypy node nodejs tsx ts-node perl raku ruby jruby php lua luajit tclsh wish rscript r
  julia groovy scala elixir iex erl escript guile racket sbcl clisp ghci runghc java jshell pwsh
  powershell fish csh tcsh nu elvish rc es sh bash dash zsh ksh ksh93 mksh ash`)

/** Starts other programs that its words name, or that someone can name while it runs. */
const runners = set(`
  xargs find fd parallel script flock watch setsid ionice chrt taskset prlimit unshare nsenter chroot
  strace ltrace gdb lldb systemd-run at batch ssh scp sftp rsync docker podman kubectl npx bunx pnpx uvx
  pipx start-stop-daemon run-parts dbus-run-session faketime proxychains torsocks entr caffeinate arch
  unbuffer socat nc ncat screen tmux vi vim nvim ex ed view emacsclient nano less more most man sed tar
  make gmake ninja just crontab ld.so ld-linux time rlwrap firejail bwrap fakeroot cpulimit numactl
  ssh-agent gpg-agent sqlite3 psql mysql ftp telnet`)

export type Kind = "plain" | "shell" | "wrapper" | "elevating" | "inline" | "interpreter" | "runner"

/** `python3.11` is `python`; case is not looked at, for some file systems do not either. */
const family = (name: string) => name.toLowerCase().replace(/(?<=[a-z])-?\d[\d.]*(?:[-_].*)?$/, "")

const kindOfName = (name: string): Kind => {
  const lower = name.toLowerCase()
  const is = (names: ReadonlySet<string>) => names.has(lower) || names.has(family(name))
  if (is(elevating)) return "elevating"
  if (is(shells)) return "shell"
  if (is(wrappers)) return "wrapper"
  if (is(inline)) return "inline"
  if (is(interpreters)) return "interpreter"
  return is(runners) || /^ld(?:-linux.*)?\.so/.test(lower) ? "runner" : "plain"
}

/** The kind of a program by what it was called as and by the file behind links: the graver of both. */
export const kindOf = (name: string, file: string): Kind => {
  const called = kindOfName(name)
  // The many programs that one file can be behave by the name they are called as.
  if (isManyInOne(file)) return isManyInOne(name) ? "inline" : called
  const real = kindOfName(file)
  return real === "plain" || called === "elevating" ? called : real
}

const isManyInOne = (name: string) =>
  ["busybox", "toybox", "coreutils"].includes(name.toLowerCase())

/** Variables that change how a program looks and not what it does. */
export const isInert = (name: string) =>
  /^(?:TERM|LANG|LC_[A-Z]+|COLORTERM|NO_COLOR|FORCE_COLOR)$/.test(name)
