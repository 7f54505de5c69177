# Sourced by demo.sh and test.sh: words, the .NET SDK, and a build that leaves nothing running.
# Takes $root from there.

say() { printf '%s\n' "$*" >&2; }

fail() {
  local code=$1
  shift
  say "$@"
  exit "$code"
}

# A folder for everything temporary of this run. Servers run as another user when we are root, and need to write in it too.
create_work_folder() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/pglocks-run.XXXXXX") || fail 1 "Cannot create a temporary folder in '${TMPDIR:-/tmp}'. Point TMPDIR at a folder that you can write."
  chmod 711 "$work"
  mkdir -m 1777 "$work/tmp"
  export TMPDIR="$work/tmp"
}

# Servers clear up by themselves as soon as whoever owns them is gone: give them the time to.
remove_work_folder() {
  [ -n "${work:-}" ] || return 0
  local patience=150
  while [ $patience -gt 0 ] && [ -n "$(find "$work/tmp" -maxdepth 1 -name 'pglocks-*' -print -quit 2> /dev/null)" ]; do
    sleep 0.1
    patience=$((patience - 1))
  done
  rm -rf "$work"
}

ensure_dotnet() {
  if ! command -v dotnet > /dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    fail 3 "The .NET 10 SDK is not installed (or 'dotnet' is not on the PATH)." \
      "Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
  fi
  # No build server is left running, and a process that is killed leaves no diagnostics socket behind.
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
  export UseSharedCompilation=false DOTNET_EnableDiagnostics=0
  if [ ! -w "${HOME:-/nonexistent}" ]; then
    export HOME="$work"
  fi
}

# build PROJECT: in Release, any warning an error. Says nothing but what is wrong.
build() {
  local log="$work/build.log"
  if ! (cd "$root" && dotnet build "$1" --configuration Release --nologo --verbosity quiet -warnaserror < /dev/null > "$log" 2>&1); then
    cat "$log" >&2
    fail 1 "The build of $1 failed: see above."
  fi
}
