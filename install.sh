#!/bin/sh
# Installs or upgrades fased: one executable, placed in ~/.local/bin.
#
#   curl -fsSL <base-url>/install.sh | sh -s -- --base-url <base-url>
#   sh install.sh            beside release files, or in a checkout (builds it)
#
# The braces make a shell read the whole script before it runs any of it, so a download that was
# cut short does nothing.
{
set -eu

# The keys a release may be signed with, as id:key; filled in when a release is made.
release_keys=''

usage() {
  cat <<'TEXT'
Installs or upgrades fased. Settings, conversations and logs are left alone.

Usage: sh install.sh [options]
       curl -fsSL <base-url>/install.sh | sh -s -- --base-url <base-url> [options]

Options:
  --base-url <url>   where a release is served; also FASED_BASE_URL
  --bin-dir <dir>    where fased goes; also FASED_CLI_BIN_DIR (default: ~/.local/bin)
  --help

Without a base URL it installs from the folder this script sits in: release files
(SHA256SUMS and fased-*.gz), or a checkout, which it builds.
TEXT
}

say() { printf '%s\n' "$*"; }

# What happened, then what to do next.
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  shift
  for line; do printf '  %s\n' "$line" >&2; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

main() {
  base_url=${FASED_BASE_URL:-}
  bin_dir=${FASED_CLI_BIN_DIR:-}
  read_options "$@"
  [ -n "$bin_dir" ] || [ -n "${HOME:-}" ] ||
    fail "HOME is not set, so there is no ~/.local/bin." "Say where fased should go: --bin-dir <dir>"
  [ -n "$bin_dir" ] || bin_dir=$HOME/.local/bin
  case $bin_dir in /*) ;; *) bin_dir=$(pwd)/$bin_dir ;; esac
  target=$bin_dir/fased
  [ ! -d "$target" ] || fail "$target is a folder." "Move it away, or choose another place: --bin-dir <dir>"

  choose_source
  before_umask=$(umask)
  umask 077
  temp='' staged='' made=''
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  temp=$(mktemp -d "${TMPDIR:-/tmp}/fased-install.XXXXXX") ||
    fail "No temporary folder could be made in ${TMPDIR:-/tmp}." "Name a writable one: TMPDIR=<dir>"

  case $source in
    checkout) build ;;
    *) fetch ;;
  esac
  place
  greet
}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --base-url=*) base_url=${1#*=} ;;
      --bin-dir=*) bin_dir=${1#*=} ;;
      --base-url | --bin-dir)
        [ $# -gt 1 ] && [ -n "$2" ] || fail "$1 needs a value." "See: sh install.sh --help"
        case $1 in --base-url) base_url=$2 ;; *) bin_dir=$2 ;; esac
        shift
        ;;
      *) fail "Unknown option $1." "See: sh install.sh --help" ;;
    esac
    shift
  done
}

# Sets source to url, folder or checkout.
choose_source() {
  here=''
  case $0 in
    install.sh | */install.sh) here=$(cd "$(dirname "$0")" && pwd) ;;
  esac
  if [ -n "$base_url" ]; then
    source=url
    base_url=${base_url%/}
    case $base_url in
      https://?*) ;;
      http://127.0.0.1[:/]* | http://localhost[:/]* | http://\[::1\][:/]*) ;;
      *) fail "The base URL must start with https:// (http:// only for this machine): $base_url" ;;
    esac
  elif [ -n "$here" ] && [ -f "$here/SHA256SUMS" ]; then
    source=folder
  elif [ -n "$here" ] && [ -f "$here/build/bootstrap.mjs" ]; then
    source=checkout
  else
    fail "There is nothing here to install from." \
      "Say where the release is served: --base-url <url>, or FASED_BASE_URL=<url>" \
      "or run install.sh from a checkout or a release folder."
  fi
}

# The release asset for this machine, as build/targets.ts names it.
asset_name() {
  os=$(uname -s)
  arch=$(uname -m)
  case $os in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) fail "There is no fased for $os." "It runs on Linux (also inside WSL2) and macOS." ;;
  esac
  case $arch in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "There is no fased for $arch processors." "It runs on x86-64 and 64-bit ARM." ;;
  esac
  [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] ||
    fail "This is a 32-bit system on a 64-bit processor." "fased needs a 64-bit system."
  # A translated shell says x86-64 on an Apple processor.
  if [ "$os" = darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then
    arch=arm64
  fi

  variant=''
  if [ "$os" = linux ] && is_musl; then
    variant=-musl
  elif [ "$os-$arch" = linux-x64 ] && ! grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
    variant=-baseline
  fi
  asset=fased-$os-$arch$variant
}

is_musl() {
  if has ldd; then
    ldd --version 2>&1 | grep -qi musl
  else
    set -- /lib/ld-musl-*
    [ -e "$1" ]
  fi
}

# Leaves a checked binary in $temp/fased.
fetch() {
  asset_name
  has gzip || fail "gzip is needed to unpack fased." "Install it with your system's package manager."
  say "Fetching $asset"
  get SHA256SUMS
  want_packed=$(listed_sum "$asset.gz")
  want_binary=$(listed_sum "$asset")
  [ -n "$want_packed" ] && [ -n "$want_binary" ] ||
    fail "SHA256SUMS does not list $asset, so it cannot be checked." \
      "This release may not support this machine; nothing was changed."
  check_signature
  get "$asset.gz"
  same_sum "$temp/$asset.gz" "$want_packed"
  gzip -dc "$temp/$asset.gz" >"$temp/fased" ||
    fail "$asset.gz could not be unpacked; is there room in ${TMPDIR:-/tmp}?" "Nothing was changed."
  rm "$temp/$asset.gz"
  same_sum "$temp/fased" "$want_binary"
}

# Who signed the release vouches for its manifest, which names both sums. Older OpenSSL, and the
# one of macOS, cannot tell; what they install is checked against SHA256SUMS all the same.
check_signature() {
  [ -n "$release_keys" ] || return 0
  if ! openssl pkeyutl -help 2>&1 | grep -q rawin; then
    say "Note: the signature was not checked, which needs OpenSSL 3; the checksums are."
    return 0
  fi
  get release.json
  get release.json.sig
  for entry in $release_keys; do
    is_signed_by "${entry%%:*}" "${entry#*:}" || continue
    grep -q "\"$want_packed\"" "$temp/release.json" &&
      grep -q "\"$want_binary\"" "$temp/release.json" && return 0
    fail "SHA256SUMS names other files than the signed release; nothing was installed." \
      "Run this again. If it happens twice, tell whoever serves it."
  done
  fail "No key this installer knows has signed the release; nothing was installed." \
    "Fetch install.sh anew from a place you trust, and run that."
}

is_signed_by() {
  signature=$(awk -v id="$1" '$1 == id { print $2; exit }' "$temp/release.json.sig")
  [ -n "$signature" ] || return 1
  printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n' "$2" >"$temp/key.pem"
  printf '%s' "$signature" | openssl base64 -d -A >"$temp/signature"
  openssl pkeyutl -verify -pubin -inkey "$temp/key.pem" -rawin -in "$temp/release.json" \
    -sigfile "$temp/signature" >/dev/null 2>&1
}

# Brings one release file into $temp.
get() {
  case $source in
    folder)
      [ -f "$here/$1" ] || fail "$here has no $1." "Fetch it from the same release."
      cp "$here/$1" "$temp/$1"
      return
      ;;
  esac
  if has curl; then
    case $base_url in https:*) protocols='=https' ;; *) protocols='=http' ;; esac
    curl -fsSL --proto "$protocols" --connect-timeout 20 --retry 2 -o "$temp/$1" "$base_url/$1" </dev/null
  elif has wget; then
    wget -q -O "$temp/$1" "$base_url/$1" </dev/null
  else
    fail "Neither curl nor wget is here to download with." "Install one of them and run this again."
  fi || fail "Could not download $base_url/$1" \
    "Check the address and your connection, then run this again; nothing was changed."
}

listed_sum() {
  awk -v name="$1" '($2 == name || $2 == "*" name) && length($1) == 64 { print $1; exit }' "$temp/SHA256SUMS"
}

sum_of() {
  if has sha256sum; then
    sha256sum <"$1"
  elif has shasum; then
    shasum -a 256 <"$1"
  elif has openssl; then
    openssl dgst -sha256 -r <"$1"
  else
    fail "Nothing here computes SHA-256 sums, so the download cannot be checked." \
      "Install sha256sum, shasum or openssl and run this again."
  fi | cut -d ' ' -f 1
}

same_sum() {
  [ "$(sum_of "$1")" = "$2" ] ||
    fail "The checksum of ${1##*/} is not the one in SHA256SUMS; it was not installed." \
      "Run this again. If it happens twice, the download was changed on its way: tell whoever serves it."
}

# Builds the checkout; leaves its binary in $temp/fased.
build() {
  if has node; then
    runtime=node
  elif has bun; then
    runtime=bun
  else
    fail "Building fased needs Node 18 or newer (with npm), or Bun." \
      "Install one of them, or install a release: --base-url <url>"
  fi
  say "Building fased in $here"
  (umask "$before_umask" && cd "$here" && "$runtime" build/bootstrap.mjs build </dev/null) ||
    fail "The build did not succeed; the lines above say why." "Nothing was changed."
  cp "$here/dist/fased" "$temp/fased"
}

# The version a binary says it is, whatever the environment and the current folder hold.
version_of() {
  (cd / && env -i HOME="${HOME:-/}" PATH="$PATH" "$1" --version </dev/null 2>/dev/null)
}

# Swaps the new binary in: complete, tried out, and in one step.
place() {
  remember_missing "$bin_dir"
  (umask "$before_umask" && mkdir -p "$bin_dir") 2>/dev/null && [ -w "$bin_dir" ] ||
    fail "Cannot write to $bin_dir." "Choose another place: --bin-dir <dir>"
  staged=$bin_dir/.fased-install.$$
  cp "$temp/fased" "$staged" || fail "There is no room for fased in $bin_dir." "Nothing was changed."
  chmod 755 "$staged"
  new=$(version_of "$staged") && [ -n "$new" ] ||
    fail "The new fased does not start on this machine, so it was not installed." \
      "Tell whoever serves this release: $(uname -sm), ${asset:-built here}."
  old=''
  if [ -x "$target" ]; then old=$(version_of "$target") || old='a fased that did not start'; fi
  mv -f "$staged" "$target"
  staged='' made=''
}

# Keeps the topmost folder that mkdir -p is about to make, so that a failure can take it back.
remember_missing() {
  folder=$1
  while [ ! -d "$folder" ]; do
    made=$folder
    folder=$(dirname "$folder")
  done
}

clean_up() {
  [ -z "$staged" ] || rm -f "$staged"
  [ -z "$temp" ] || rm -rf "$temp"
  [ -n "$made" ] || return 0
  folder=$bin_dir
  while rmdir "$folder" 2>/dev/null && [ "$folder" != "$made" ]; do folder=$(dirname "$folder"); done
}

greet() {
  if [ -z "$old" ]; then
    say "Installed $new in $target"
  elif [ "$old" = "$new" ]; then
    say "Installed $new again in $target"
  else
    say "Upgraded $target from $old to $new"
    say "A gateway that is running keeps the old version until: fased gateway restart"
  fi
  case :$PATH: in
    *":$bin_dir:"*)
      found=$(command -v fased || true)
      [ "$found" = "$target" ] || say "Note: the shell finds $found first; remove it or put $bin_dir earlier in PATH."
      ;;
    *) path_hint ;;
  esac
  case $source-$base_url in
    url-*/stable | url-*/beta | url-*/dev)
      say "To update from there later: fased config set update.baseUrl ${base_url%/*}"
      ;;
  esac
  if [ -z "$old" ]; then
    say "Next: fased onboard"
  fi
}

path_hint() {
  say "$bin_dir is not in your PATH yet. Add it, then open a new terminal:"
  export_line="export PATH=\"$bin_dir:\$PATH\""
  case ${SHELL:-} in
    */fish) say "  fish_add_path \"$bin_dir\"" ;;
    */zsh) say "  echo '$export_line' >> ~/.zshrc" ;;
    */bash) say "  echo '$export_line' >> ~/.bashrc" ;;
    *) say "  echo '$export_line' >> ~/.profile" ;;
  esac
}

main "$@"
exit
}
