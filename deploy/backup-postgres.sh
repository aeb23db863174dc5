#!/bin/sh
# Dumps the service's PostgreSQL database into FOLDER, and keeps the newest KEEP dumps (default 14).
#   deploy/backup-postgres.sh FOLDER [KEEP]
# PATTERN_TRACKER_PG says where PostgreSQL's commands run: if it is unset, in the container of
# compose.yaml; if it is set to nothing, on this machine. The service may run meanwhile.
set -eu
umask 077

folder=${1:?usage: backup-postgres.sh FOLDER [KEEP]}
keep=${2:-14}
case $keep in
'' | *[!0-9]* | 0*)
  printf 'backup-postgres.sh: KEEP is "%s", expected a number from 1\n' "$keep" >&2
  exit 2
  ;;
esac
if [ ! -d "$folder" ]; then
  printf 'backup-postgres.sh: there is no folder %s\n' "$folder" >&2
  exit 2
fi
compose=$(dirname "$0")/compose.yaml
user=${PGUSER:-tracker}

pg() {
  if [ -n "${PATTERN_TRACKER_PG-compose}" ]; then
    docker compose --file "$compose" exec -T database "$@"
  else
    "$@"
  fi
}

file=$folder/tracker-$(date -u +%Y%m%dT%H%M%SZ).dump
part=$file.part
trap 'rm -f "$part"' EXIT
pg pg_dump --format=custom --username="$user" tracker >"$part"
# The dump gets its name only when it is complete, readable and flushed to the disk.
pg pg_restore --list <"$part" >/dev/null
sync "$part"
mv "$part" "$file"
printf 'dumped to %s (%s bytes)\n' "$file" "$(wc -c <"$file" | tr -d ' ')"

# The names sort by time, so that the oldest dumps come last.
for old in "$folder"/tracker-*T*Z.dump; do
  printf '%s\n' "$old"
done | sort -r | tail -n "+$((keep + 1))" | while IFS= read -r old; do
  rm -f "$old"
  printf 'removed %s\n' "$old"
done
