#!/bin/sh
# Makes the passwords that compose.yaml reads, in deploy/secrets/. Existing ones are kept.
# Only you can enter the folder (0700). The files in it are readable for all (0444), because compose
# mounts them into containers as they are, and each container runs as another user.
set -eu
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
chmod 0700 "$folder"

keep() { # NAME CONTENT
  if [ -s "$folder/$1" ]; then
    printf 'kept %s\n' "$folder/$1"
    return
  fi
  printf '%s' "$2" >"$folder/$1"
  chmod 0444 "$folder/$1"
  printf 'made %s\n' "$folder/$1"
}

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

keep postgres_password "$(random)"
password=$(cat "$folder/postgres_password")
keep database_url "postgres://tracker:$password@database:5432/tracker"
keep grafana_admin_password "$(random)"
# Prometheus reads /metrics with it, also while the database is down.
keep metrics_token "$(random)"
