#!/bin/sh
# Makes the passwords that compose.yaml reads, in deploy/secrets/. Keeps those that are there.
# The folder is for you only (0700). The files in it can be read by whoever gets that far (0444):
# compose binds them into containers as they are, and each container runs as another user.
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
# Prometheus reads /metrics with it. You write it, when there is a database to make one in:
# docs/deployment.md.
[ -e "$folder/metrics_token" ] || : >"$folder/metrics_token"
chmod 0644 "$folder/metrics_token"
