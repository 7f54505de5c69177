# Sourced by test.sh: the server programs of one major version of PostgreSQL, for --postgres.
# Takes $root and $work from common.sh.

# What embedded-postgres builds for npm: initdb and postgres with all of contrib, and none of the client programs.
declare -A postgres_packages=([14]=14.23.0-beta.17 [15]=15.18.0-beta.17 [16]=16.14.0-beta.17 [17]=17.10.0-beta.17 [18]=18.4.0-beta.17)

# Outside of a home folder, which the user that the servers run as may not be able to enter.
postgres_cache() { printf '%s' "${PGLOCKS_PG_CACHE:-/var/tmp/pglocks-postgres-$(id -u)}"; }

# postgres_bin MAJOR: sets $bin to the folder of its programs, fetched when it is not there yet, else from this machine; returns 1 without either.
postgres_bin() {
  local major=$1 cache
  cache=$(postgres_cache)
  bin=$cache/$major/bin
  [ -x "$bin/postgres" ] && return
  if fetch_postgres "$major" "$cache"; then
    return
  fi
  for bin in "/usr/lib/postgresql/$major/bin" "/usr/pgsql-$major/bin" "/opt/homebrew/opt/postgresql@$major/bin" "/usr/local/opt/postgresql@$major/bin"; do
    [ ! -x "$bin/postgres" ] || return 0
  done
  say "There is no PostgreSQL $major: its npm package could not be fetched (is npm installed, and its registry in reach?), and no programs of it are on this machine."
  return 1
}

fetch_postgres() {
  local major=$1 cache=$2 version=${postgres_packages[$1]} platform fresh=$work/postgres-$1
  case $(uname -sm) in
    "Linux x86_64") platform=linux-x64 ;;
    "Linux aarch64") platform=linux-arm64 ;;
    *) return 1 ;;
  esac
  command -v npm > /dev/null || return 1
  # Its programs are run: nobody else may have put them there.
  mkdir -p "$cache" && [ -O "$cache" ] && chmod 755 "$cache" || return 1
  say "Fetching PostgreSQL $version …"
  mkdir "$fresh"
  if ! (cd "$fresh" && npm_config_cache="$work/npm" npm pack --silent "@embedded-postgres/$platform@$version" && tar -xzf ./*.tgz) > "$work/fetch.log" 2>&1; then
    cat "$work/fetch.log" >&2
    return 1
  fi
  restore_links "$fresh/package"
  add_psql "$fresh/package/native/bin"
  # In one step: what is in the cache is whole.
  mv "$fresh/package/native" "$cache/$major"
}

# npm packages hold no symbolic links; this one lists them.
restore_links() {
  local source target
  tr '{' '\n' < "$1/native/pg-symlinks.json" | sed -n 's/.*"source":"\([^"]*\)","target":"\([^"]*\)".*/\1 \2/p' | while read -r source target; do
    [ "$(dirname "$source")" = "$(dirname "$target")" ] || fail 1 "Unexpected link in the package: $target"
    ln -s "$(basename "$source")" "$1/$target"
  done
}

# One test runs a script through psql: that of any version will do, which the package is without.
add_psql() {
  local psql
  psql=$(ls -d /usr/lib/postgresql/*/bin/psql /usr/pgsql-*/bin/psql 2> /dev/null | sort -V | tail -n 1)
  [ -n "$psql" ] || psql=$(command -v psql) || return 0
  ln -s "$psql" "$1/psql"
}
