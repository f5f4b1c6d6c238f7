import type { Setting, Settings } from '@culvert/runtime/config';

/** One process and the settings that it declares. */
export interface ProcessSettings {
  readonly name: string;
  /** The file that declares them, relative to the root. */
  readonly file: string;
  readonly settings: Settings;
}

/** The reference page of all settings, in Markdown. */
export function renderConfiguration(processes: readonly ProcessSettings[]): string {
  return [
    '# Configuration',
    '',
    '<!-- Written by `make docs` from the config.ts of each process. Change the setting there, not here. -->',
    '',
    'Everything is set by environment variables. A variable that is unset or empty has its default. A process reads',
    'them once, when it starts; mistakes are listed all together, and the process ends with status 1 (the command line: 2).',
    '',
    ...processes.flatMap(renderProcess),
  ].join('\n');
}

function renderProcess({ name, file, settings }: ProcessSettings): string[] {
  return [
    `## ${name}`,
    '',
    `Declared in \`${file}\`.`,
    '',
    '| variable | value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...Object.values(settings).map(renderSetting),
    '',
  ];
}

function renderSetting(setting: Setting<unknown>): string {
  const meaning = setting.secret === true ? `${setting.description} Never printed.` : setting.description;
  const cells = [`\`${setting.variable}\``, setting.type, defaultOf(setting), meaning];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf({ fallback, shown }: Setting<unknown>): string {
  if (shown !== undefined) return shown === '' ? 'none' : `\`${shown}\``;
  if (fallback === undefined) return 'required';
  const text =
    typeof fallback === 'string' || typeof fallback === 'number'
      ? String(fallback)
      : JSON.stringify(fallback);
  return text === '' ? 'none' : `\`${text}\``;
}
