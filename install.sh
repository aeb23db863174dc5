#!/bin/sh
# Installs claude-pattern-tracker from this checkout into Claude Code, or uninstalls it. Needs Node.js and,
# unless the checkout is built already, npm; it downloads or builds everything else. Run it with --help for
# the options.
set -eu

usage() {
  cat <<'EOF'
Usage: ./install.sh [options]

Builds claude-pattern-tracker unless that is done, copies it to ~/.claude/hooks/pattern-tracker/, adds its hooks to Claude
Code's settings (after a backup), links `pattern-tracker` into ~/.local/bin, and tests the hook with one
event. Run it again to update an installation; recorded data is kept.

  --dry-run                    show what would be done; change nothing outside this checkout
  --scope user|project|local   settings to change: yours (the default), or .claude/settings.json or
                               .claude/settings.local.json of the current folder
  --capture sh|node            front that records an event; sh by default if there is /bin/sh
  --no-link                    make no link in ~/.local/bin
  --completions                also install completions for bash, zsh and fish, and the man page
  --statusline                 also add a line about the session to Claude Code's status line
  --mcp                        also let Claude Code ask what it wrote before: registers the MCP server
  --no-test                    send no event through the installed hook
  --yes                        also record what Claude did before, from Claude Code's transcripts, without asking
  --json                       print the result as JSON
  --uninstall                  remove hooks, link and program; ask about recorded data
  --purge                      with --uninstall: also remove recorded data, without asking
  --help                       show this

CLAUDE_CONFIG_DIR replaces ~/.claude; PATTERN_TRACKER_HOME replaces the folder of the installation, except
inside a Claude Code session, where a project can set it.
EOF
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  shift
  for hint in "$@"; do printf '  %s\n' "$hint" >&2; done
  exit 1
}

# --- arguments -------------------------------------------------------------------------------------

# Rejects a wrong value right away, not after everything is built.
check_value() {
  case $1=$2 in
  --scope=user | --scope=project | --scope=local | --capture=sh | --capture=node) return ;;
  --scope=*) values='user, project or local' ;;
  *) values='sh or node' ;;
  esac
  say "install.sh: $1 must be $values, not '$2'"
  exit 2
}

uninstall=
purge=
yes=
value_of=
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  if [ -n "$value_of" ]; then
    check_value "$value_of" "$argument"
    value_of=
    set -- "$@" "$argument"
    continue
  fi
  case $argument in
  --help | -h)
    usage
    exit 0
    ;;
  --uninstall) uninstall=1 ;;
  --yes) yes=1 ;;
  --scope | --capture)
    value_of=$argument
    set -- "$@" "$argument"
    ;;
  --purge)
    purge=1
    set -- "$@" "$argument"
    ;;
  --scope=* | --capture=*)
    check_value "${argument%%=*}" "${argument#*=}"
    set -- "$@" "$argument"
    ;;
  --dry-run | --json | --no-link | --no-test | --completions | --no-completions | --statusline | --no-statusline | --mcp | --no-mcp)
    set -- "$@" "$argument"
    ;;
  *)
    say "install.sh: unknown option $argument"
    say "  ./install.sh --help lists the options."
    exit 2
    ;;
  esac
done
if [ -n "$value_of" ]; then
  say "install.sh: $value_of needs a value"
  exit 2
fi
if [ -n "$purge" ] && [ -z "$uninstall" ]; then
  say 'install.sh: --purge needs --uninstall'
  exit 2
fi

if [ -n "$yes" ] && [ -n "$uninstall" ]; then
  say 'install.sh: --yes is for installing'
  exit 2
fi

case $0 in
*/*) here=${0%/*} ;;
*) here=. ;;
esac
here=$(CDPATH='' cd -- "${here:-/}" && pwd -P)
if [ -n "${PATTERN_TRACKER_HOME:-}" ] && [ -z "${CLAUDECODE+x}${CLAUDE_CODE_ENTRYPOINT+x}" ]; then
  home=$PATTERN_TRACKER_HOME
elif [ -n "${CLAUDE_CONFIG_DIR:-${HOME:-}}" ]; then
  home=${CLAUDE_CONFIG_DIR:-$HOME/.claude}/hooks/pattern-tracker
else
  fail 'HOME is not set' "Set HOME, or CLAUDE_CONFIG_DIR to Claude Code's folder."
fi

# --- uninstalling needs no build if there is a program already -----------------------------------------

if [ -n "$uninstall" ]; then
  cli=$home/dist/cli.mjs
  [ -f "$cli" ] || cli=$here/dist/cli.mjs
  if [ -f "$cli" ]; then
    node=$home/node
    [ -x "$node" ] || node=$(command -v node) || fail 'Node.js is not on PATH'
    exec "$node" "$cli" uninstall "$@"
  fi
  if ! [ -e "$home" ]; then
    say "Nothing is installed in $home."
    exit 0
  fi
fi

# --- Node.js and npm ---------------------------------------------------------------------------------

command -v node >/dev/null || fail 'Node.js is not on PATH' \
  'Install Node.js 20.19 or newer (https://nodejs.org, or your package manager), then run this again.'
version=$(node -p process.versions.node)
case $version in
[0-9].* | 1[0-9].* | 20.[0-9].* | 20.1[0-8].*)
  fail "Node.js $version ($(command -v node)) is too old" \
    'Install Node.js 20.19 or newer, or put a newer one first on PATH, then run this again.'
  ;;
esac

# --- dependencies and build, their output in a log ------------------------------------------------------

job=
log=

# Runs a command in the checkout and shows which step of it runs: a line of its output that begins with "== ".
# If it fails, shows why and exits.
logged() {
  (cd "$here" && exec "$@") </dev/null >>"$log" 2>&1 &
  job=$!
  seconds=0
  shown=
  width=$(stty size <&2 2>/dev/null | cut -d ' ' -f 2)
  [ "${width:-0}" -gt 20 ] || width=80
  while kill -0 "$job" 2>/dev/null; do
    step=$(sed -n 's/^== //p' "$log" | tail -n 1)
    case $step in
    '' | *'; log: '*) ;;
    *) step="$step; log: $log" ;;
    esac
    if [ -t 2 ]; then
      line=$(printf '%s s  %s' "$seconds" "$step" | cut -c "1-$((width - 1))")
      printf '\r\033[K%s' "$line" >&2
    elif [ "$step" != "$shown" ]; then
      say "$step"
    fi
    shown=$step
    sleep 1
    seconds=$((seconds + 1))
  done
  if wait "$job"; then status=0; else status=$?; fi
  job=
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  [ "$status" -eq 0 ] || gave_up "$@"
}

gave_up() {
  if grep -q '^error: ' "$log"; then
    sed -n '/^error: /,$p' "$log" >&2
    exit 1
  fi
  tail -n 20 "$log" >&2
  fail "\`$*\` failed; its output is in $log"
}

# True when dist/ is younger than everything that it is built from.
is_built() {
  [ -f "$here/dist/cli.mjs" ] && (
    cd "$here" && [ -z "$(find lib hooks scripts/build scripts/build.ts package.json package-lock.json tsconfig.json \
      tsconfig.types.json -newer dist/cli.mjs)" ]
  )
}

if ! is_built; then
  command -v npm >/dev/null || fail "npm is not on PATH, though node is ($(command -v node))" \
    'Install npm (it comes with most packages of Node.js), then run this again.'
  log=$(umask 077 && mktemp "${TMPDIR:-/tmp}/pattern-tracker-install.XXXXXX")
  # Interrupting the installation ends npm as well.
  trap '[ -z "$job" ] || kill "$job" 2>/dev/null; exit 130' INT TERM
  logged npm run build
  rm -f "$log"
  trap - INT TERM
fi

if [ -n "$uninstall" ]; then
  exec node "$here/dist/cli.mjs" uninstall "$@"
fi
exec node "$here/dist/cli.mjs" install ${yes:+--yes} "$@"
