# Sourced by demo.sh: a PostgreSQL server in a container, where a Docker engine answers.
# Takes $keep from there.

docker_answers() {
  command -v docker > /dev/null || return 1
  [ -n "${DOCKER_HOST:-}" ] || [ -S /var/run/docker.sock ] || return 1
  # An engine that is installed but hangs must not hang the demo.
  docker version > /dev/null 2>&1 &
  local asking=$! patience=30
  while [ $patience -gt 0 ] && kill -0 "$asking" 2> /dev/null; do
    sleep 0.1
    patience=$((patience - 1))
  done
  if [ $patience -eq 0 ]; then
    kill -KILL "$asking"
    return 1
  fi
  wait "$asking"
}

# start_docker_postgres: sets PGLOCKS_CONNECTION; returns 1 when there is no engine or it cannot run the image.
start_docker_postgres() {
  docker_answers || return 1
  local name="pglocks-demo-$$" password port patience=300
  password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  say "Starting PostgreSQL in a container …"
  docker run --detach --rm --name "$name" --env POSTGRES_PASSWORD="$password" --publish 127.0.0.1::5432 postgres:17 > /dev/null || return 1
  if $keep; then
    say "The container stays: end it with 'docker rm --force $name'."
  else
    # Its input ends when this script, and the demo that takes its place, are gone; then the container goes as well.
    exec 9> >(trap '' INT TERM HUP; cat > /dev/null; docker rm --force "$name" > /dev/null 2>&1)
  fi
  until docker exec "$name" pg_isready --quiet --host 127.0.0.1; do
    sleep 0.1
    patience=$((patience - 1))
    [ $patience -gt 0 ] || fail 3 "The container's server did not start: see 'docker logs $name'."
  done
  port=$(docker port "$name" 5432/tcp | sed 's/.*://; q')
  export PGLOCKS_CONNECTION="Host=127.0.0.1;Port=$port;Username=postgres;Password=$password;Database=postgres"
}
