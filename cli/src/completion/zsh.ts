import { formsWithValue, type CompletedOption, type Place } from './model.ts';

/** The completion script for zsh: to be sourced, or to be put into a file _culvert of $fpath. */
export function zshCompletion(places: readonly Place[]): string {
  return `#compdef culvert
# Completion of culvert for zsh: source <(culvert completion zsh), after compinit
_culvert() {
  local command option word files
  local -a next options values
  integer index
  for (( index = 2; index < CURRENT; index++ )); do
    word=$words[index]
    case $word in
      (${formsWithValue(places).join('|')}) (( ++index == CURRENT )) && option=$word ;;
      (-*) ;;
      (*) command+=\${command:+ }$word ;;
    esac
  done
  if [[ $words[CURRENT] == --*=* ]]; then
    option=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  case $command in
${places.map(branch).join('\n')}
  esac
  if [[ -n $option ]]; then
    if [[ -n $files ]]; then
      _files
    elif (( $#values )); then
      compset -P '*,'
      _describe -t values 'value' values
    fi
  elif [[ $words[CURRENT] == -* ]]; then
    _describe -o -t options 'option' options
  else
    (( $#next )) && _describe -t commands 'command' next
  fi
}
if [[ $funcstack[1] == _culvert ]]; then
  _culvert "$@"
else
  compdef _culvert culvert
fi
`;
}

function branch({ words, whole, next, options }: Place): string {
  const name = words.join('\\ ');
  const valued = options.filter(({ values, file }) => values.length > 0 || file);
  return [
    `    (${whole ? `${name}|${name}\\ *` : name || "''"})`,
    `      next=(${next.map(([word, meaning]) => described(word, meaning)).join(' ')})`,
    `      options=(${options.map(({ forms: [long = ''], meaning }) => described(long, meaning)).join(' ')})`,
    '      case $option in',
    ...valued.map(valueBranch),
    '      esac',
    '      ;;',
  ].join('\n');
}

function valueBranch({ forms, values, file }: CompletedOption): string {
  return `        (${forms.join('|')}) ${file ? 'files=1' : `values=(${values.join(' ')})`} ;;`;
}

function described(word: string, meaning: string): string {
  return `'${word}:${meaning.replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll("'", "'\\''")}'`;
}
