#!/bin/sh
# Gives Debian's PostgreSQL what compose.yaml expects of its image: the user, database and password that the variables
# name, made when the volume is empty.
set -eu
data=/var/lib/postgresql/data
as_postgres='setpriv --reuid=postgres --regid=postgres --init-groups --'

install -d -o postgres -g postgres /run/postgresql
if [ ! -s "$data/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 0700 "$data"
  # The arguments are words of their own.
  # shellcheck disable=SC2086
  $as_postgres initdb --pgdata="$data" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust ${POSTGRES_INITDB_ARGS:-}
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  echo "CREATE DATABASE \"$POSTGRES_DB\";" | $as_postgres postgres --single -D "$data" postgres
fi
# shellcheck disable=SC2086
exec $as_postgres "$@" -D "$data" -c listen_addresses='*'
