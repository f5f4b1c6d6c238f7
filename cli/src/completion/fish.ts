import { formsWithValue, type CompletedOption, type Place } from './model.ts';

/** The completion script for fish. */
export function fishCompletion(places: readonly Place[]): string {
  return `# Completion of culvert for fish: culvert completion fish | source
function __culvert_at --description 'Whether the command line stands behind these words' --argument-names whole
    set -l wanted $argv[2..]
    set -l words (commandline -opc)
    set -e words[1]
    set -l found
    set -l skip 0
    for word in $words
        if test $skip -eq 1
            set skip 0
            continue
        end
        switch $word
            case ${formsWithValue(places).join(' ')}
                set skip 1
            case '-*'
            case '*'
                set -a found $word
        end
    end
    if test $whole -eq 1
        test (count $found) -ge (count $wanted)
        and test "$found[1..$(count $wanted)]" = "$wanted"
    else
        test "$found" = "$wanted"
    end
end
complete --command culvert --erase
complete --command culvert --no-files
${places.flatMap(lines).join('\n')}
`;
}

function lines({ words, whole, next, options }: Place): string[] {
  const at = `complete --command culvert --condition '${['__culvert_at', whole ? '1' : '0', ...words].join(' ')}'`;
  return [
    ...next.map(([word, meaning]) => `${at} --arguments ${word} --description ${quoted(meaning)}`),
    ...options.map((option) => `${at} ${optionArguments(option)}`),
  ];
}

function optionArguments({ forms, takesValue, file, values, meaning }: CompletedOption): string {
  const [long = '', short] = forms;
  return [
    `--long-option ${long.slice(2)}`,
    ...(short === undefined ? [] : [`--short-option ${short.slice(1)}`]),
    ...(file ? ['--require-parameter --force-files'] : takesValue ? ['--exclusive'] : []),
    ...(values.length > 0 ? [`--arguments '${values.join(' ')}'`] : []),
    `--description ${quoted(meaning)}`,
  ].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
