import type { CompletedCommand, CompletedOption, CompletedPlace, Values } from './command-table.ts';

/** The completion function for zsh: a file of `fpath`, or read with `source`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef pattern-tracker
# Completions of pattern-tracker for zsh, written by \`pattern-tracker completions zsh\`.

_pattern-tracker() {
  local program=$words[1] curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
${commands.map(({ name, help }) => `    ${quoted(`${name}:${help.summary}`)}`).join('\n')}
  )
  _arguments -C \\
    '(- *)'{-h,--help}'[Show the help]' \\
    '(- *)'{-v,--version}'[Show the version]' \\
    '1: :->command' '*:: :->argument'
  case $state in
    command)
      _describe -t commands command commands -- '(help:"Show the help of a command")'
      ;;
    argument)
      case $words[1] in
        help) _describe -t commands command commands ;;
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

_pattern-tracker_ids() {
  local -a ids=(\${(f)"$(_call_program ids $program completions $1 2>/dev/null)"})
  ids=(\${ids//:/\\\\:})
  ids=(\${ids/$'\\t'/:})
  _describe -V -t $1 $1 ids
}

if [[ $funcstack[1] == _pattern-tracker ]]; then
  _pattern-tracker "$@"
else
  compdef _pattern-tracker pattern-tracker
fi
`;
}

// --- internal ---

function commandCase({ name, options, places }: CompletedCommand): string {
  const specs = [...options.map(optionSpec), ...places.map(placeSpec)];
  return `        ${name}) _arguments -s -S \\
${specs.map((spec) => `          ${spec}`).join(' \\\n')} ;;`;
}

function optionSpec({ flag, meaning, values, isOptional }: CompletedOption): string {
  const text = `[${meaning.replaceAll(/[[\]\\]/g, String.raw`\$&`)}]`;
  if (flag === '--help') return `'(- *)'{-h,--help}${quoted(text)}`;
  if (!values) return quoted(`${flag}${text}`);
  return quoted(`${flag}=${text}${isOptional ? '::' : ':'}value:${actionOf(values)}`);
}

function placeSpec({ name, values, repeats }: CompletedPlace, index: number): string {
  return quoted(`${repeats ? '*' : index + 1}:${name.toLowerCase()}:${actionOf(values)}`);
}

function actionOf(values: Values): string {
  switch (values.kind) {
    case 'words': {
      const isExplained = values.words.some(({ meaning }) => meaning !== '');
      const items = values.words.map(({ word, meaning }) =>
        isExplained
          ? String.raw`${word}\:"${meaning.replaceAll(/["\\:]/g, String.raw`\$&`)}"`
          : word,
      );
      return isExplained ? `((${items.join(' ')}))` : `(${items.join(' ')})`;
    }
    case 'patterns':
    case 'sessions':
      return ` _pattern-tracker_ids ${values.kind}`; // the space keeps zsh from adding arguments
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'any':
      return ' ';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
