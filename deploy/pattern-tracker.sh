#!/bin/sh
# Runs pattern-tracker. Containers and systemd pass secrets as files. The address of the database holds a
# password, so it may come from the file that PATTERN_TRACKER_DATABASE_FILE names.
set -eu

if [ -n "${PATTERN_TRACKER_DATABASE_FILE:-}" ]; then
  if [ ! -r "$PATTERN_TRACKER_DATABASE_FILE" ]; then
    printf 'pattern-tracker: cannot read %s\n' "$PATTERN_TRACKER_DATABASE_FILE" >&2
    printf '  PATTERN_TRACKER_DATABASE_FILE has to name a file that this user can read.\n' >&2
    exit 1
  fi
  PATTERN_TRACKER_DATABASE=$(tr -d '\r\n' < "$PATTERN_TRACKER_DATABASE_FILE")
  export PATTERN_TRACKER_DATABASE
fi
exec node "$(dirname "$0")/../dist/cli.cjs" "$@"
