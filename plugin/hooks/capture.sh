#!/bin/sh
# The default front. Claude Code runs it on every hook event; it writes the event's JSON unchanged to a
# file in spool/new/. With the argument `ensure` (SessionStart, SessionEnd) it starts a courier even if
# one seems to live.
#
# It prints nothing, always exits 0, reads no configuration and no secret from the environment. In the
# common case it forks once, for cat. It writes the file in place, without a rename: JSON shows where it
# ends, so the courier recognises an unfinished file and waits. Finding a live courier costs no fork.

[ "${PATTERN_TRACKER_DISABLED:-}" = 1 ] && exit 0
trap 'exit 0' EXIT # a fault in this script must never reach Claude as an exit code
exec >/dev/null 2>&1
umask 077
path=${PATH:-}
PATH=/usr/bin:/bin${PATH:+:$PATH} # system tools first: the user's shims would slow down every tool call

case $0 in
*/*) root=${0%/*}/.. ;;
*) root=.. ;;
esac
# The installed copy uses the data/ beside it and ignores the environment, because a project's settings
# can set variables for hooks and must not redirect the data.
if [ -d "$root/data" ]; then
  home=$root
elif [ -n "${PATTERN_TRACKER_HOME:-}" ]; then
  home=$PATTERN_TRACKER_HOME
elif [ -n "${CLAUDE_CONFIG_DIR:-${HOME:-}}" ]; then # the plugin, or a checkout
  home=${CLAUDE_CONFIG_DIR:-$HOME/.claude}/hooks/pattern-tracker
else
  exit 0 # without HOME there is no folder of the user's to write to
fi
data=$home/data
spool=$data/spool

# A unique name; where the kernel provides one, it costs no fork.
read -r id </proc/sys/kernel/random/uuid || id=$(date +%s)-$$
registration=settings
[ -n "${CLAUDE_PLUGIN_ROOT:-}" ] && registration=plugin
name=$id.$registration

# Records a dropped event as one letter: w it could not be written, f the spool is full. Appending one
# byte is atomic, and works on a full disk while the file's last block has room.
drop() { printf %s "$1" >>"$data/drops"; }

if [ -e "$spool/full" ]; then
  drop f
else
  if ! [ -d "$spool/new" ]; then
    mkdir -p "$spool/tmp" "$spool/new" "$spool/bad"
    echo >>"$data/drops" # allocates a block, so that drops can still be counted when the disk is full
  fi
  if cat >"$spool/new/$name"; then
    :
  else
    drop w
    rm -f "$spool/new/$name"
    exit 0 # where we cannot write, a courier cannot either
  fi
fi

if [ "${1:-}" != ensure ] && read -r pid <"$data/courier.pid"; then
  case $pid in
  '' | 0* | *[!0-9]*) ;;
  *)
    if kill -0 "$pid"; then
      # In a container whose first process does not reap its children, dead processes remain as zombies.
      state=
      read -r _ _ state _ <"/proc/$pid/stat"
      [ "$state" = Z ] || exit 0
    fi
    ;;
  esac
fi

# No courier lives: start one that outlives this hook and inherits none of its descriptors.
(
  case $id in
  *0) # about one event in 16: keeps the spool bounded on a machine where no courier can start
    max=100000
    read -r max <"$spool/max-files"
    set -- "$spool"/new/*
    if [ $# -ge "$max" ]; then : >"$spool/full"; else rm -f "$spool/full"; fi
    ;;
  esac
  program=$home
  # The plugin runs its own program only, because a project can set the variable that names $home.
  [ "$registration" = plugin ] && program=$root
  courier=$program/dist/courier.cjs
  [ -f "$courier" ] || courier=$root/dist/courier.cjs
  [ -f "$courier" ] || exit 0
  node=$program/node
  # The user's own first, as in a terminal.
  [ -x "$node" ] || node=$(PATH=${path:-$PATH} && command -v node) || node=$(command -v node) || exit 0
  NODE_OPTIONS=
  export NODE_OPTIONS
  exec "$node" "$courier" --detach --home "$home"
) </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
[ "${1:-}" = ensure ] || echo $! >"$data/courier.pid" # keeps the next hook from starting a second courier
exit 0
