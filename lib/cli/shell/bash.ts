import type { CompletedCommand, Values } from './command-table.ts';

/** The completion script for bash 3.2 and newer; it needs no other package once it is loaded. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completions of pattern-tracker for bash, written by \`pattern-tracker completions bash\`.
_pattern_tracker() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local program=\${COMP_WORDS[0]} command=\${COMP_WORDS[1]} options= valued= spec= place=0 at=2
  COMPREPLY=()
  # bash cuts --option=value into three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names} help --help --version' -- "$current"))
    return
  fi
  case $command in
    help) spec='${names}' ;;
${commands.map(optionsCase).join('\n')}
    *) return ;;
  esac
  while ((at < COMP_CWORD)); do
    case \${COMP_WORDS[at]} in
      -*)
        if [[ \${COMP_WORDS[at + 1]} == = ]]; then
          at=$((at + 2))
        elif [[ " $valued " == *" \${COMP_WORDS[at]} "* ]]; then
          at=$((at + 1))
        fi
        ;;
      *) place=$((place + 1)) ;;
    esac
    at=$((at + 1))
  done
  if [[ " $valued " == *" $previous "* ]]; then
    case "$command $previous" in
${commands.flatMap(optionCases).join('\n')}
      *) return ;;
    esac
  elif [[ $current == -* ]]; then
    spec=$options
  else
    case "$command $place" in
${commands.flatMap(placeCases).join('\n')}
    esac
  fi
  case $spec in
    @file) COMPREPLY=($(compgen -f -- "$current")) && compopt -o filenames 2>/dev/null ;;
    @folder) COMPREPLY=($(compgen -d -- "$current")) && compopt -o filenames 2>/dev/null ;;
    @*) COMPREPLY=($(compgen -W "$("$program" completions "\${spec#@}" 2>/dev/null | cut -f 1)" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$spec" -- "$current")) ;;
  esac
}
complete -F _pattern_tracker pattern-tracker
`;
}

// --- internal ---

function optionsCase({ name, options }: CompletedCommand): string {
  const flags = options.map(({ flag }) => flag).join(' ');
  const valued = options.filter(({ values, isOptional }) => values && !isOptional);
  return `    ${name}) options='${flags}' valued='${valued.map(({ flag }) => flag).join(' ')}' ;;`;
}

function optionCases({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ flag, values }) => caseOf(`${name} ${flag}`, values));
}

function placeCases({ name, places }: CompletedCommand): string[] {
  return places.flatMap(({ values, repeats }, index) =>
    caseOf(repeats ? `'${name} '[${index}-9]` : `${name} ${index}`, values),
  );
}

function caseOf(pattern: string, values: Values | undefined): string[] {
  const spec = values && specOf(values);
  const quoted = pattern.startsWith("'") ? pattern : `'${pattern}'`;
  return spec === undefined ? [] : [`      ${quoted}) spec='${spec}' ;;`];
}

function specOf(values: Values): string | undefined {
  if (values.kind === 'words') return values.words.map(({ word }) => word).join(' ');
  return values.kind === 'any' ? undefined : `@${values.kind}`;
}
