import type { Command } from '../command-line/command.ts';
import { completion } from './completion.ts';
import { deadLettersList, deadLettersRequeue } from './dead-letters.ts';
import { get } from './get.ts';
import { help } from './help.ts';
import { list } from './list.ts';
import { stats } from './stats.ts';
import { tail } from './tail.ts';
import { version } from './version.ts';

/** All commands, in the order in which help shows them. */
export const commands: readonly Command[] = [
  tail,
  list,
  get,
  stats,
  deadLettersList,
  deadLettersRequeue,
  completion(() => commands),
  version,
  help(() => commands),
];
