/** Steers the runtime, the loader or the shell of every program we start. */
const process =
  /^(?:BUN_.*|NODE_.*|LD_.*|DYLD_.*|GLIBC_.*|MALLOC_.*|PATH|HOME|USERPROFILE|SHELL|IFS|ENV|BASH_ENV|PYTHON.*|PERL5.*|RUBY.*|JAVA_TOOL_OPTIONS|GIT_.*|SSH_.*|DBUS_.*|XDG_.*|TMPDIR|TEMP|TMP)$/i

/** Says where traffic goes, or whom to trust on the way. */
const network =
  /(?:^(?:HTTPS?|ALL|NO|FTP|WS|WSS)_PROXY$|_PROXY$|_BASE_?URL$|_API_(?:BASE|URL|HOST)$|_ENDPOINT(?:_URL)?$|^(?:OLLAMA|DOCKER)_HOST$|^SSL_.*|^SSLKEYLOGFILE$|^(?:REQUESTS|CURL)_CA_BUNDLE$|_CA_(?:BUNDLE|CERTS?|FILE|PATH)$|^OPENSSL_.*|^AWS_CA_BUNDLE$)/i

/** Says which instance this is, or guards it. */
const own = /^FASED_/i

/** Why a variable is not for a config file to set; undefined for one that is. */
export const controls = (name: string): string | undefined => {
  if (own.test(name)) return "it steers fased itself"
  if (process.test(name)) return "it steers how programs run"
  if (network.test(name)) return "it decides where traffic goes or whom it trusts"
  return undefined
}
