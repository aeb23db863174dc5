# Prints what zsh offers for a command line, one match a line: capture.zsh FOLDER LINE.
# It types LINE and a tab into an interactive zsh whose compadd prints what it is given.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT= fpath=(${(q)1} \$fpath) compprefuncs=() comppostfuncs=()"
zpty -w z 'autoload -Uz compinit && compinit -u -D'
zpty -w z 'compadd () {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a hits
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- "match:"$^hits
  builtin compadd "$@"
}
finish () { print -r -- "match:"; print -r -- "END"; exit }
comppostfuncs=(finish)
zstyle ":completion:*" list-grouped false'
zpty -w z 'bindkey "^I" complete-word; print READY'
while zpty -r z line; do [[ $line == *READY*($'\r'|$'\n')* && $line != *print* ]] && break; done
zpty -w -n z "$2"$'\t'
while zpty -r z line; do
  line=${line//[$'\r\n']/}
  [[ $line == *END ]] && break
  [[ $line == *match:?* ]] && print -r -- ${line##*match:}
done
