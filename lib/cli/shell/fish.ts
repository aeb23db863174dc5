import type { CompletedCommand, CompletedOption, Values } from './command-table.ts';

/** The completion script for fish 3 and newer. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const rows = commands.map(({ name, help }) => `-a ${name} -d ${quoted(help.summary)}`);
  return `# Completions of pattern-tracker for fish, written by \`pattern-tracker completions fish\`.

# True if COMMAND is on the line and PLACE words follow it; the options OPTIONS take the word behind them.
function __pattern_tracker_at -a command place
    set -l options $argv[3..-1]
    set -l words (commandline -opc)
    set -e words[1]
    test "$words[1]" = "$command"; or return 1
    set -e words[1]
    set -l found 0
    set -l skips 0
    for word in $words
        if test $skips = 1
            set skips 0
        else if contains -- $word $options
            set skips 1
        else if not string match -q -- '-*' $word
            set found (math $found + 1)
        end
    end
    test $place = any; or test $found = $place
end

function __pattern_tracker_ids -a kind
    set -l words (commandline -opc)
    command $words[1] completions $kind 2>/dev/null
end

complete -c pattern-tracker -f
${rows.map((row) => `complete -c pattern-tracker -n __fish_use_subcommand ${row}`).join('\n')}
complete -c pattern-tracker -n __fish_use_subcommand -a help -d 'Show the help of a command'
complete -c pattern-tracker -n __fish_use_subcommand -s v -l version -d 'Show the version'
complete -c pattern-tracker -s h -l help -d 'Show the help'
${commands.map(({ name }) => `complete -c pattern-tracker -n '__pattern_tracker_at help 0' -a ${name}`).join('\n')}
${commands.flatMap(commandLines).join('\n')}
`;
}

// --- internal ---

function commandLines({ name, options, places }: CompletedCommand): string[] {
  const valued = options.filter(({ values, isOptional }) => values && !isOptional);
  const list = valued.map(({ flag }) => ` ${flag}`).join('');
  const line = (place: number | 'any', rest: string) =>
    `complete -c pattern-tracker -n '__pattern_tracker_at ${name} ${place}${list}' ${rest}`;
  return [
    ...options
      .filter(({ flag }) => flag !== '--help')
      .map((option) => line('any', optionText(option))),
    ...places.flatMap(({ values, repeats }, index) => {
      const place = repeats ? 'any' : index;
      return valueLists(values).map((list) => line(place, list));
    }),
  ];
}

function optionText({ flag, meaning, values }: CompletedOption): string {
  const parts = [`-l ${flag.slice(2)}`];
  if (values) parts.push('-x', ...valueLists(values));
  return [...parts, `-d ${quoted(meaning)}`].join(' ');
}

function valueLists(values: Values): string[] {
  switch (values.kind) {
    case 'words': {
      const words = values.words.map(({ word, meaning }) =>
        meaning === '' ? word : `${word}\\t"${meaning.replaceAll(/["$]/g, String.raw`\$&`)}"`,
      );
      return [`-a ${quoted(words.join(' '))}`];
    }
    case 'patterns':
    case 'sessions':
      return [`-a '(__pattern_tracker_ids ${values.kind})'`];
    case 'file':
      return ["-a '(__fish_complete_path (commandline -ct))'"];
    case 'folder':
      return ["-a '(__fish_complete_directories (commandline -ct))'"];
    case 'any':
      return [];
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`\'`)}'`;
}
