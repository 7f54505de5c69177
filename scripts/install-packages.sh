#!/usr/bin/env bash
# Installs Debian packages as root, and lets none of them create a database cluster or start a service: whoever wants
# those installs the package himself.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
kept=$(mktemp -d)

restore() {
  if [ -e "$kept/no-policy" ]; then
    rm -f "$policy"
  fi
  if [ -e "$kept/createcluster.conf" ]; then
    cp -p "$kept/createcluster.conf" "$clusters"
  fi
  rm -rf "$kept"
}
trap restore EXIT

if [ ! -e "$policy" ]; then
  touch "$kept/no-policy"
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
install=(apt-get install -y -qq --no-install-recommends)
apt-get update -qq
if [[ " $* " == *" postgresql "* ]]; then
  "${install[@]}" postgresql-common
  cp -p "$clusters" "$kept/createcluster.conf"
  echo 'create_main_cluster = false' >> "$clusters"
fi
"${install[@]}" "$@"

# Installed for their programs; they are not to start with the machine.
for service in pgbouncer redis-server; do
  if [[ " $* " == *" $service "* ]] && command -v systemctl > /dev/null; then
    systemctl disable --quiet "$service" || true
  fi
done
