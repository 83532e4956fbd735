import type { Env } from "../config/paths.ts"
import { isSecretName } from "../kernel/secret.ts"
import { refusedVariable } from "./faults.ts"

/** Makes a loader, an interpreter, a shell or a program start something else than was asked for. */
const steering =
  /^(?:BUN_.*|NODE_.*|NPM_CONFIG_.*|LD_.*|DYLD_.*|GLIBC_.*|GCONV_PATH|MALLOC_.*|GIT_(?!AUTHOR_|COMMITTER_).*|BASH_ENV|BASH_FUNC_.*|BASHOPTS|SHELLOPTS|ENV|ZDOTDIR|IFS|PS4|PROMPT_COMMAND|CDPATH|PYTHON.*|PERL.*|RUBY(?:OPT|LIB).*|GEM_.*|BUNDLE_.*|LUA_.*|PHP_INI_SCAN_DIR|PHPRC|R_PROFILE.*|R_ENVIRON.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|JAVA_OPTS|MAVEN_OPTS|GRADLE_OPTS|SBT_OPTS|RUSTC_.*WRAPPER|CARGO_BUILD_RUSTC.*|MAKEFLAGS|EDITOR|VISUAL|PAGER|MANPAGER|LESSOPEN|LESSCLOSE|BROWSER|SSH_ASKPASS|SUDO_ASKPASS|DOTNET_STARTUP_HOOKS|COR_PROFILER.*|CORECLR_PROFILER.*|TERMINFO.*|NLSPATH|HOSTALIASES|WGETRC|CURL_HOME|OPENSSL_CONF|OPENSSL_MODULES|KUBECONFIG|DOCKER_.*)$/i

/** Says which program is found, whose files are used, or which instance of fased is meant. */
const place = /^(?:PATH|HOME|SHELL|USER|LOGNAME|FASED_.*|OPENCLAW_.*|XDG_.*|TMPDIR)$/i

/** What nobody who starts a command needs, and what only we were meant to have. */
const ours =
  /^(?:FASED_.*|OPENCLAW_.*|BUN_.*|NODE_.*|LD_.*|DYLD_.*|NOTIFY_SOCKET|WATCHDOG_.*|INVOCATION_ID|JOURNAL_STREAM|LISTEN_(?:FDS|PID|FDNAMES)|MAINPID|CREDENTIALS_DIRECTORY|BASH_ENV|BASH_FUNC_.*|ENV|SHELLOPTS|BASHOPTS|PYTHONSTARTUP|PERL5OPT|PERL5DB|RUBYOPT|PROMPT_COMMAND|_)$/i

/** A user name and a password in a URL. */
const credentials = /:\/\/[^/\s:@]*:[^/\s@]+@/

/** The environment every command gets: ours, without what steers, without secrets, without what is fased's. */
export const cleanEnvironment = (env: Env): Record<string, string> => {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !ours.test(entry[0]) &&
      !isSecretName(entry[0]) &&
      !/(?:_PAT|_DSN|_PASS|_PWD|_KEY)$/i.test(entry[0]) &&
      !credentials.test(entry[1]),
  )
  return { ...Object.fromEntries(kept), FASED_SHELL: "exec" }
}

/** The variables a call asks for, or a fault that names the one it may not set. */
export const requestedVariables = (
  env: Readonly<Record<string, string>>,
): Record<string, string> => {
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name))
      throw refusedVariable({ name, why: "that is no name of a variable" })
    if (value.includes("\0")) throw refusedVariable({ name, why: "its value holds a NUL" })
    if (place.test(name))
      throw refusedVariable({ name, why: "it decides where programs and files are found" })
    if (steering.test(name))
      throw refusedVariable({ name, why: "it makes programs start something else" })
  }
  return { ...env }
}
