import { defineCommand } from '../command-line/command.ts';
import { Mistake } from '../command-line/mistake.ts';
import {
  choice,
  choices,
  defaulted,
  nonEmpty,
  several,
  single,
  toggle,
  type ValuesOf,
} from '../command-line/option.ts';
import {
  LETTER_REASONS,
  LETTER_STATES,
  listDeadLetters,
  requeueDeadLetters,
} from '../exchange/dead-letters.ts';
import { given } from '../exchange/filter-options.ts';
import { letterColumns } from '../output/letter-table.ts';
import { jsonLine } from '../output/json.ts';
import { writeRows } from '../output/plain-table.ts';
import { parseCount } from '../values/count.ts';
import { parseNamespace } from '../values/namespace.ts';
import { plainOutput } from './output-option.ts';

const filterOptions = {
  reason: choices(
    { name: 'reason', placeholder: 'REASON', summary: 'Set aside for one of these reasons.' },
    LETTER_REASONS,
  ),
  agent: several({ name: 'agent', placeholder: 'ID', summary: 'Sent by these agents.' }, nonEmpty),
  namespace: several(
    { name: 'namespace', short: 'n', placeholder: 'NAME', summary: 'Of pods in these namespaces.' },
    parseNamespace,
  ),
  state: choice(
    { name: 'state', placeholder: 'STATE', summary: 'Kept aside (held), on the way back, or sent back.' },
    LETTER_STATES,
  ),
};

/** `culvert dead-letters list` */
export const deadLettersList = defineCommand(
  {
    words: ['dead-letters', 'list'],
    summary: 'List what could not be stored, newest first',
    options: {
      ...filterOptions,
      limit: defaulted(
        {
          name: 'limit',
          short: 'l',
          placeholder: 'COUNT',
          summary: 'At most so many, or all; 50 by default.',
        },
        50,
        parseCount,
      ),
      output: plainOutput,
    },
    notes: [
      'Reasons: undecodable and malformed (no message of Culvert, or a damaged one), clock (from too far in the past or the future), foreign_agent (an agent spoke for another), rejected (Postgres refused a value), expired (older than what is kept).',
    ],
    examples: [
      { line: 'culvert dead-letters list', does: 'the newest 50' },
      {
        line: 'culvert dead-letters list --reason clock --state held',
        does: 'what still waits because of wrong clocks',
      },
    ],
  },
  async ({ limit, output, ...filter }, _operands, session) => {
    const letters = await listDeadLetters(session.client, letterFilter(filter), limit);
    await writeRows(session, output, letters, letterColumns(session.style, session.now()));
    if (letters.length === 0) session.say('no dead letter matches');
    return 0;
  },
);

/** `culvert dead-letters requeue` */
export const deadLettersRequeue = defineCommand(
  {
    words: ['dead-letters', 'requeue'],
    summary: 'Send dead letters through ingest again',
    operand: { name: 'ID', summary: 'Ids as culvert dead-letters list shows them.', count: 'any' },
    options: {
      ...filterOptions,
      all: toggle({ name: 'all', summary: 'All that are held.' }),
      limit: single(
        {
          name: 'limit',
          short: 'l',
          placeholder: 'COUNT',
          summary: 'Without ids: at most so many, oldest first; all by default.',
        },
        parseCount,
      ),
      output: plainOutput,
    },
    notes: [
      'Name letters, or narrow them down by options, or say --all. Remove the cause first: what fails again is set aside again, and nothing is lost. The exit code is 1 when some could not be sent back.',
    ],
    examples: [
      { line: 'culvert dead-letters requeue --reason rejected', does: 'after the cause has been removed' },
      { line: 'culvert dead-letters requeue 17 18', does: 'these two' },
    ],
  },
  async ({ limit, output, all, ...values }, ids, session) => {
    const filter = letterFilter(values);
    const narrowed = Object.keys(filter).length > 0;
    if (ids.length > 0 && (narrowed || all))
      throw new Mistake('give either ids or options that choose, not both');
    if (ids.length > 0 && limit !== undefined)
      throw new Mistake('--limit has no effect beside ids: leave it out');
    if (narrowed && all)
      throw new Mistake(
        'give either --all or options that choose, not both: those narrow down what --all means',
      );
    if (ids.length === 0 && !narrowed && !all)
      throw new Mistake(
        'name the letters to send back, narrow them down (--reason, --agent, …), or give --all',
      );
    const { requeued, failed } = await requeueDeadLetters(
      session.client,
      ids.length > 0 ? { ids } : { filter, limit: limit ?? Number.POSITIVE_INFINITY },
    );
    if (output === 'json') await session.output.write(jsonLine({ requeued, failed }));
    else await session.output.write(`${requeued} sent back, ${failed.length} not\n`);
    for (const { id, reason } of failed) session.say(`${id}: ${reason}`);
    return failed.length > 0 ? 1 : 0;
  },
);

function letterFilter(values: ValuesOf<typeof filterOptions>): Readonly<Record<string, unknown>> {
  return given({
    reasons: values.reason?.map((reason) => reason.toUpperCase()),
    agentIds: values.agent,
    namespaces: values.namespace,
    state: values.state?.toUpperCase(),
  });
}
