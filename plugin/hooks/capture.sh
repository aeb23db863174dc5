#!/bin/sh
# The default front. Claude Code runs it on every hook event; it writes the event's JSON unchanged to a
# file in spool/new/. With the argument `ensure` (SessionStart, SessionEnd) it starts a courier even if
# one seems to live.
#
# It prints nothing, always exits 0, reads no configuration and no secret from the environment. In the
# common case it forks once, for cat. It writes the file in place, without a rename: JSON shows where it
# ends, so the courier recognises an unfinished file and waits. Finding a live courier costs no fork.
#
# A project's settings can set variables for hooks, all but HOME, CLAUDE_CONFIG_DIR, TMPDIR and those that
# Claude Code gives to hooks. So no other variable says where data, programs or configuration are.

trap 'exit 0' EXIT # a fault in this script must never reach Claude as an exit code
exec >&- 2>&- # closed: /dev/null may be missing, and to say so would be output
# Where sh is bash, a variable can define a function in the place of a command.
unset -f [ cat command date echo env kill mkdir printf read rm rmdir sed tr umask
unset LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH # by which this shell may have loaded code, but cat need not
unset TZ TZDIR # which may name a FIFO that `date` would wait for; LOCPATH does the same to cat, but not in this locale
export LC_ALL=C
umask 077
# Only the system's: the user's shims would slow down every tool call, and the rest may be a project's.
PATH=/usr/bin:/bin:/usr/local/bin:/run/current-system/sw/bin

case $0 in
*/*) root=${0%/*}/.. ;;
*) root=.. ;;
esac
registration=settings
if [ -d "$root/data" ]; then # installed
  home=$root
elif [ -n "${CLAUDE_CONFIG_DIR:-${HOME:-}}" ]; then # the plugin, or a checkout
  home=${CLAUDE_CONFIG_DIR:-$HOME/.claude}/hooks/pattern-tracker
  [ -n "${CLAUDE_PLUGIN_ROOT:-}" ] && registration=plugin
else
  exit 0 # without HOME there is no folder of the user's to write to
fi
data=$home/data
spool=$data/spool

# Makes way for a file of ours: opening a FIFO in its place would wait. In the common case it forks nothing.
way() {
  [ -f "$1" ] || ! [ -e "$1" ] || rm -f "$1"
}

# Counts what a project's settings have tried, as one letter in the project's file in tried/: h to give the
# data another home, which is not obeyed; d to switch recording off, which is. A file is named after its
# project, with % and / written as %25 and %2F.
tried() {
  rest=${CLAUDE_PROJECT_DIR:-${PWD:-}}
  [ ${#rest} -le 250 ] || rest= # it would not fit
  file=
  while :; do
    head=${rest%%[%/]*}
    file=$file$head
    rest=${rest#"$head"}
    case $rest in
    /*) file=$file%2F ;;
    %*) file=$file%25 ;;
    *) break ;;
    esac
    rest=${rest#?}
  done
  [ -d "$data/tried" ] || mkdir -p "$data/tried"
  way "$data/tried/${file:-other}"
  printf %s "$1" >>"$data/tried/${file:-other}" || { way "$data/tried/other" && printf %s "$1" >>"$data/tried/other"; }
}

case ${PATTERN_TRACKER_HOME:-} in
'' | "${0%/hooks/*}" | "${0%/hooks/*}/" | "$home" | "$home/") ;;
*) tried h ;;
esac
if [ "${PATTERN_TRACKER_DISABLED:-}" = 1 ]; then
  tried d
  exit 0
fi

# A unique name; where the kernel provides one, it costs no fork.
read -r id </proc/sys/kernel/random/uuid || id=$(date +%s)-$$
name=$id.$registration

# Keeps the spool bounded where no courier can: about one event in 16 looks how many files there are.
bound() {
  case $id in
  *0)
    max=100000
    [ -f "$spool/max-files" ] && read -r max <"$spool/max-files"
    set -- "$spool"/new/*
    if [ $# -ge "$max" ]; then way "$spool/full" && printf '' >"$spool/full"; else rm -f "$spool/full"; fi
    ;;
  esac
}

# Records a dropped event as one letter: w it could not be written, f the spool is full. Appending one
# byte is atomic, and works on a full disk while the file's last block has room. Without a block, the letter
# ends the name of an empty file. Where no file can be made, the empty folder tmp/, which only the Node front
# uses, gives up its place to that of the letters.
drop() {
  way "$data/drops"
  printf %s "$1" >>"$data/drops" && return
  rmdir "$spool/tmp" && printf %s "$1" >>"$data/drops" && return
  [ "$1" = w ] && printf '' >"$spool/new/$id.w" && bound
}

now=$spool/new # what has just been changed
if [ -e "$spool/full" ]; then
  drop f
  now=$data/drops
else
  if ! [ -d "$spool/new" ]; then
    mkdir -p "$spool/tmp" "$spool/new" "$spool/bad"
    way "$data/drops"
    echo >>"$data/drops" # allocates a block, so that drops can still be counted when the disk is full
  fi
  # Once more if not even the file was made: what kept it from that may have passed, and no byte of the event is read yet.
  if cat >"$spool/new/$name" || { ! [ -e "$spool/new/$name" ] && cat >"$spool/new/$name"; }; then
    :
  else
    rm -f "$spool/new/$name" # what there is of it takes the room that the letter needs
    drop w
    exit 0 # where we cannot write, a courier cannot either
  fi
fi

# What is the 22nd word of a process's stat, $began, tells it from others that had its id before: when it was started.
# The first process of a container tells, with the boot id, this container from others.
where() {
  boot=
  began=
  read -r boot </proc/sys/kernel/random/boot_id
  read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ began _ </proc/1/stat
  here=$boot:$began
}

if [ "${1:-}" != ensure ] && [ -f "$data/courier.hint" ] && read -r pid start <"$data/courier.hint"; then
  case $pid in
  '' | 0* | *[!0-9]*) ;;
  *)
    state=
    began=
    read -r _ _ state _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ began _ <"/proc/$pid/stat"
    case $began:$state in
    :) [ -e /proc/self/stat ] || ! kill -0 "$pid" || exit 0 ;; # only Linux tells more
    *:Z) ;; # in a container whose first process does not reap its children, dead processes remain
    "$start":*) exit 0 ;;
    esac
    ;;
  esac
  # A process of another container cannot be seen. Its courier renews the hint, which counts until its mtime.
  # shellcheck disable=SC3013 # all of our shells have it
  if [ "$data/courier.hint" -nt "$now" ]; then
    { read -r _ && read -r place; } <"$data/courier.hint" && where && [ "$place" != "$here" ] && exit 0
  fi
fi

# No courier lives: start one that outlives this hook and inherits none of its descriptors.
(
  bound
  program=$home
  [ "$registration" = plugin ] && program=$root # it brings its own
  courier=$program/dist/courier.cjs
  [ -f "$courier" ] || courier=$root/dist/courier.cjs
  [ -f "$courier" ] || exit 0
  node=$program/node
  [ -x "$node" ] || node=$home/node # which `pattern-tracker setup` has recorded
  if ! [ -x "$node" ]; then
    # The first one on the PATH with which Claude Code itself was started, or else the system's.
    path=
    case ${CLAUDE_PID:-} in
    '' | *[!0-9]*) ;;
    *) path=$(tr '\0' '\n' <"/proc/$CLAUDE_PID/environ" | sed -n 's/^PATH=//p') ;;
    esac
    # From / because a relative folder on PATH would be the project's.
    node=$(cd / && PATH=${path:+$path:}$PATH:/opt/homebrew/bin && command -v node) || exit 0
  fi
  # Of the variables only those that the courier needs; the last two keep it small (lib/capture/courier-start.ts).
  exec env -i ${HOME:+"HOME=$HOME"} ${CLAUDE_CONFIG_DIR:+"CLAUDE_CONFIG_DIR=$CLAUDE_CONFIG_DIR"} \
    ${TMPDIR:+"TMPDIR=$TMPDIR"} MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 "$node" "$courier" --detach --home "$home"
) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
[ "${1:-}" = ensure ] && exit 0 # one may live, and its own hint must stay
where
began=
read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ began _ <"/proc/$!/stat"
# Keeps the next hook from starting a second courier.
way "$data/courier.hint" && printf '%s %s\n%s\n' $! "${began:--}" "$here" >"$data/courier.hint"
way "$data/courier.pid" && echo $! >"$data/courier.pid"
exit 0
