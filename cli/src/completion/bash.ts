import { formsWithValue, type CompletedOption, type Place } from './model.ts';

/** The completion script for bash 4.4 and newer; it needs no package beside it. */
export function bashCompletion(places: readonly Place[]): string {
  return `# Completion of culvert for bash: source <(culvert completion bash)
_culvert() {
  local current=\${COMP_WORDS[COMP_CWORD]} command= option= next= options= values= files= word index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${formsWithValue(places).join('|')})
        ((index++))
        [[ \${COMP_WORDS[index]} == '=' ]] && ((index < COMP_CWORD)) && ((index++))
        ((index >= COMP_CWORD)) && option=$word
        ;;
      -*) ;;
      *) command+=\${command:+ }$word ;;
    esac
  done
  [[ $current == '=' ]] && current=
  case $command in
${places.map(branch).join('\n')}
  esac
  if [[ -n $option ]]; then
    if [[ -n $files ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
    else
      local before=
      [[ $current == *,* ]] && before=\${current%,*},
      mapfile -t COMPREPLY < <(compgen -P "$before" -W "$values" -- "\${current##*,}")
    fi
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$next" -- "$current")
  fi
}
complete -F _culvert culvert
`;
}

function branch({ words, whole, next, options }: Place): string {
  const name = words.join(' ');
  const valued = options.filter(({ values, file }) => values.length > 0 || file);
  return [
    `    ${whole ? `'${name}' | '${name} '*` : `'${name}'`})`,
    `      next='${next.map(([word]) => word).join(' ')}'`,
    `      options='${options.flatMap(({ forms }) => forms.filter((form) => form.startsWith('--'))).join(' ')}'`,
    '      case $option in',
    ...valued.map(valueBranch),
    '      esac',
    '      ;;',
  ].join('\n');
}

function valueBranch({ forms, values, file }: CompletedOption): string {
  return `        ${forms.join(' | ')}) ${file ? 'files=1' : `values='${values.join(' ')}'`} ;;`;
}
