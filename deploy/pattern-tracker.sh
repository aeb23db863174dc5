#!/bin/sh
# Runs pattern-tracker. Containers and systemd hand secrets over as files, so the database, whose
# address holds a password, may be named by a file: PATTERN_TRACKER_DATABASE_FILE.
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
exec node "$(dirname "$0")/../dist/cli.mjs" "$@"
