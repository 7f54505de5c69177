#!/usr/bin/env bash
# Builds everything, runs every test against a real PostgreSQL server, and ends with the line "N passed, N failed".
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$root/scripts/common.sh"
. "$root/scripts/ensure-postgres.sh"
. "$root/scripts/fetch-postgres.sh"
. "$root/scripts/test-host.sh"
. "$root/scripts/soak.sh"

usage() {
  cat << 'TEXT'
Usage: ./test.sh [options]

Builds the solution in Release and runs all tests. The last line says how many passed and failed.

  --filter TEXT      only tests whose full name contains TEXT
  --trait NAME=TEXT  only tests that bear it, such as "Pitfall=8:*" (docs/pitfalls.md)
  --project NAME     only the test project NAME, such as PgLocks.Tests
  --no-build         take what the last ./test.sh built
  --results FOLDER   keep the reports (TRX) there
  --timeout MINUTES  end a test project that runs longer (default: 20)
  --postgres 14,18   instead of all tests: those that need a server, against each of these versions of it
  --soak MINUTES     instead of the tests: several processes, faults into them for so long, and a check of every invariant
  --seed NUMBER      with --soak: the schedule of another run
  --faults A,B       with --soak: only these kinds of faults
  --processes N      with --soak: so many worker processes at once, 2 to 6 (default: 4)
  --report FILE      with --soak: leaves the report there, as Markdown
  --help             this text

The server: the one of PGLOCKS_TEST_CONNECTION, else a container where Docker answers, else the PostgreSQL programs of
this machine, which are installed where that is allowed. Some tests stop, kill and copy servers of their own: these
need the programs in any case. Their files are in memory (/dev/shm) where there is room, unless TMPDIR says where. Nothing is
left running, and no folder either. The versions of --postgres are fetched with
npm into a folder that stays (PGLOCKS_PG_CACHE; default: /var/tmp/pglocks-postgres-UID), else taken from this machine.

Exit code: 0 all passed (with --soak: every invariant held), 1 otherwise, 2 for a wrong argument, 3 if something needed is missing.
TEXT
}

bad_argument() { fail 2 "$1" "Try ./test.sh --help."; }

value_of() {
  [ $# -ge 2 ] && [ -n "$2" ] || bad_argument "$1 needs a value."
  printf '%s' "$2"
}

parse() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --no-build) should_build=false; shift; continue ;;
      --filter) filter=$(value_of "$@") ;;
      --trait) trait=$(value_of "$@") ;;
      --project) only=$(value_of "$@") ;;
      --results) results=$(value_of "$@") ;;
      --timeout) minutes=$(value_of "$@") ;;
      --postgres) versions=$(value_of "$@") ;;
      --soak) soak=$(value_of "$@") ;;
      --seed) seed=$(value_of "$@") ;;
      --faults) faults=$(value_of "$@") ;;
      --processes) processes=$(value_of "$@") ;;
      --report) report=$(value_of "$@") ;;
      *) bad_argument "Unknown argument: $1" ;;
    esac
    shift 2
  done
  compgen -G "$root/tests/$only/*Tests.csproj" > /dev/null || bad_argument "There is no test project '$only' in tests/."
  [[ $minutes =~ ^[1-9][0-9]*$ ]] || bad_argument "--timeout takes whole minutes, not '$minutes'."
  [[ $versions =~ ^((1[4-8])(,1[4-8])*)?$ ]] || bad_argument "--postgres takes versions from 14 to 18, such as 14,18, not '$versions'."
  if [ -n "$versions" ]; then
    [ -z "$soak" ] || bad_argument "--postgres does not go with --soak."
    [ -z "${PGLOCKS_TEST_CONNECTION:-}" ] || bad_argument "--postgres starts servers of its own: unset PGLOCKS_TEST_CONNECTION."
    [ "$only" != '*' ] || only=PgLocks.IntegrationTests
  fi
  [[ $soak =~ ^([1-9][0-9]*)?$ ]] || bad_argument "--soak takes whole minutes, not '$soak'."
  [[ $seed =~ ^[0-9]*$ ]] || bad_argument "--seed takes a number, not '$seed'."
  [[ $processes =~ ^[2-6]?$ ]] || bad_argument "--processes takes 2 to 6, not '$processes'."
  [ -n "$soak" ] || [ -z "$seed$faults$processes$report" ] || bad_argument "--seed, --faults, --processes and --report go with --soak."
}

should_build=true filter='' trait='' only='*' results='' minutes=20 soak='' seed='' faults='' processes='' report='' versions=''
parse "$@"

# The servers of the tests make and remove some hundred thousand files: in memory, where there is room. Not those of a soak, whose history grows.
if [ -z "${TMPDIR:-}$soak" ] && df -Pk /dev/shm 2> /dev/null | awk 'NR == 2 && $4 >= 4194304 { has_room = 1 } END { exit !has_room }'; then
  export TMPDIR=/dev/shm
fi

create_work_folder
trap 'end_test_host; remove_work_folder' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

ensure_dotnet
ensure_postgres || [ -n "${PGLOCKS_TEST_CONNECTION:-}" ] || fail 3 "Tests need a PostgreSQL server."
if ! PATH=$PATH:/usr/sbin command -v pgbouncer > /dev/null; then
  say "PgBouncer is not installed here."
  ensure_packages pgbouncer || say "Tests of poolers will fail."
fi
if ! command -v tmux > /dev/null; then
  say "tmux is not installed here."
  ensure_packages tmux || say "Tests of the live screen will fail."
fi
if ! command -v redis-server > /dev/null; then
  say "Redis is not installed here."
  ensure_packages redis-server || say "Tests of the Redis backend will fail."
fi
if ! compgen -G '/usr/lib/*/faketime/libfaketime.so.1' > /dev/null; then
  say "libfaketime is not installed here."
  ensure_packages libfaketime || say "No clock will be set in tests."
fi
if ! PATH=$PATH:/usr/sbin:/sbin command -v ip > /dev/null; then
  say "ip is not installed here."
  ensure_packages iproute2 || say "No network will be taken apart in tests."
fi
if $should_build; then
  say "Building …"
  build PgLocks.sln
fi

if [ -n "$soak" ]; then
  run_soak || exit 1
  exit 0
fi

run_test_projects() {
  local project
  for project in "$root"/tests/$only/*Tests.csproj; do
    run_test_project "$(basename "$project" .csproj)" "$@"
  done
}

if [ -n "$versions" ]; then
  for version in ${versions//,/ }; do
    postgres_bin "$version" || exit 3
    PGLOCKS_PG_BIN=$bin run_test_projects "-$version"
    add_version_line "PostgreSQL $("$bin/postgres" --version | sed 's/[^0-9]*\([0-9.]*\).*/\1/')"
  done
  print_version_lines
else
  run_test_projects
fi

[ -z "$results" ] || { mkdir -p "$results" && cp "$work"/results/*.trx "$results"/; }
print_totals
