#!/bin/sh
# Fires on every hook event of Claude Code; writes that event's JSON, as it came, to spool/new/.
# With the word `ensure` (SessionStart, SessionEnd) a courier is started even if one seems to live.
#
# It prints nothing, exits 0 whatever happens, reads no configuration and never the environment's
# secrets. In the common case it forks once, for cat: the file is written where it stays, because JSON
# tells its own end and the courier leaves alone what has not come to it. To find a courier that lives
# costs no fork.

[ "${PATTERN_TRACKER_DISABLED:-}" = 1 ] && exit 0
trap 'exit 0' EXIT # a fault in here must never reach Claude as an exit code
exec >/dev/null 2>&1
umask 077
PATH=/usr/bin:/bin${PATH:+:$PATH} # before the user's: no shims on the way of every tool call

case $0 in
*/*) root=${0%/*}/.. ;;
*) root=.. ;;
esac
# The installed copy keeps to its own data, which lies beside it: a project's settings can set variables
# for hooks, and must not say where data goes.
if [ -d "$root/data" ]; then
  home=$root
elif [ -n "${PATTERN_TRACKER_HOME:-}" ]; then
  home=$PATTERN_TRACKER_HOME
elif [ -n "${CLAUDE_CONFIG_DIR:-${HOME:-}}" ]; then # the plugin, or a checkout
  home=${CLAUDE_CONFIG_DIR:-$HOME/.claude}/hooks/pattern-tracker
else
  exit 0 # no place that is the user's own
fi
data=$home/data
spool=$data/spool

# A name nobody had before, without a fork where the kernel deals them out.
read -r id </proc/sys/kernel/random/uuid || id=$(date +%s)-$$
registration=settings
[ -n "${CLAUDE_PLUGIN_ROOT:-}" ] && registration=plugin
name=$id.$registration

# A letter an event dropped, and why: w could not be written, f the spool is full. An append of one
# byte is atomic, and goes through on a full disk while the file's last block has room.
drop() { printf %s "$1" >>"$data/drops"; }

if [ -e "$spool/full" ]; then
  drop f
else
  if ! [ -d "$spool/new" ]; then
    mkdir -p "$spool/tmp" "$spool/new" "$spool/bad"
    echo >>"$data/drops" # one block, so that a full disk leaves room to count on
  fi
  if cat >"$spool/new/$name"; then
    :
  else
    drop w
    rm -f "$spool/new/$name"
    exit 0 # a courier could not write either
  fi
fi

if [ "${1:-}" != ensure ] && read -r pid <"$data/courier.pid"; then
  case $pid in
  '' | 0* | *[!0-9]*) ;;
  *)
    if kill -0 "$pid"; then
      # In a container whose first process reaps nobody, the dead stay on as zombies.
      state=
      read -r _ _ state _ <"/proc/$pid/stat"
      [ "$state" = Z ] || exit 0
    fi
    ;;
  esac
fi

# No courier lives: start one that outlives us, holds nothing of ours, and is nobody's child.
(
  case $id in
  *0) # now and then, so that the spool stays bounded on a machine where no courier can start
    max=100000
    read -r max <"$spool/max-files"
    set -- "$spool"/new/*
    if [ $# -ge "$max" ]; then : >"$spool/full"; else rm -f "$spool/full"; fi
    ;;
  esac
  courier=$home/dist/courier.cjs
  [ -f "$courier" ] || courier=$root/dist/courier.cjs
  [ -f "$courier" ] || exit 0
  node=$home/node
  [ -x "$node" ] || node=$(command -v node) || exit 0
  NODE_OPTIONS=
  export NODE_OPTIONS
  exec "$node" "$courier" --detach --home "$home"
) </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
[ "${1:-}" = ensure ] || echo $! >"$data/courier.pid" # so that the next hook does not start a second
exit 0
