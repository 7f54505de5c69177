#!/usr/bin/env bash
# The main job on a server of its own: several order processors share positions through PostgreSQL; one of them is killed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$root/scripts/common.sh"
. "$root/scripts/ensure-postgres.sh"
. "$root/scripts/docker-postgres.sh"

usage() {
  cat << 'TEXT'
Usage: ./demo.sh [options]

Starts order processors on one stream of orders, kills one of them on the way, starts it again, and proves that every
position equals a single-threaded replay.

  --orders FILE    replay these orders (JSONL) and not generated ones
  --processes N    how many order processors (default: 4)
  --no-lock        without locks: shows the updates that are lost
  --keep           leave the server running, and print how to look around in it
  --help           this text

The server: the one of PGLOCKS_CONNECTION, else a container where Docker answers, else the PostgreSQL programs of this
machine, which are installed where that is allowed. Nothing is left of it, also after Ctrl-C.
TEXT
}

keep=false
for argument in "$@"; do
  case $argument in
    --help | -h) usage; exit 0 ;;
    --keep) keep=true ;;
  esac
done

given_tmpdir=${TMPDIR:-/tmp}
create_work_folder
trap 'remove_work_folder' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

ensure_dotnet
if [ -z "${PGLOCKS_CONNECTION:-}" ] && ! start_docker_postgres; then
  ensure_postgres || fail 3 "The demo needs a PostgreSQL server: install one, start Docker, or set PGLOCKS_CONNECTION."
fi
say "Building …"
build src/AdminTool

# From here on the demo itself answers Ctrl-C, and its server never outlives it.
export TMPDIR=$given_tmpdir
remove_work_folder
trap - EXIT INT TERM HUP
exec dotnet "$root/src/AdminTool/bin/Release/net10.0/PgLocks.AdminTool.dll" demo "$@"
