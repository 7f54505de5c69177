# Sourced by demo.sh and test.sh: the programs of a PostgreSQL server, from this machine or from its package manager.
# Takes $root and $work from there.

# Whether the programs of a server are on this machine; looks where PostgresBinaries.cs looks.
has_postgres() {
  local folder
  for folder in ${PGLOCKS_PG_BIN:+"$PGLOCKS_PG_BIN"} ${PATH//:/ } /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* \
    /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin /Applications/Postgres.app/Contents/Versions/*/bin /usr/local/pgsql/bin; do
    [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] && return
  done
  return 1
}

# ensure_packages PACKAGE...: installs Debian packages where we may, with no server created or started by them.
# Returns 1, having said what to type, where we may not.
ensure_packages() {
  local privileged=()
  if ! command -v apt-get > /dev/null; then
    say "Install it with this system's package manager ($*) and run this again."
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null || ! sudo -n true 2> /dev/null; then
      say "Only root may install it. Type:  sudo apt-get install $*"
      return 1
    fi
    privileged=(sudo -n)
  fi
  say "Installing $* (apt-get) …"
  if ! ${privileged[@]+"${privileged[@]}"} bash "$root/scripts/install-packages.sh" "$@" > "$work/install.log" 2>&1 < /dev/null; then
    cat "$work/install.log" >&2
    say "apt-get could not install $*: see above."
    return 1
  fi
}

# Returns 1 when there is no server and none may be installed.
ensure_postgres() {
  has_postgres && return
  say "PostgreSQL is not installed here."
  ensure_packages postgresql
}
