import { randomBytes } from 'node:crypto';
import type { Config } from './config.ts';
import { formatBooks } from './print/books.ts';
import { formatExchange, formatExchanges } from './print/exchanges.ts';
import type { Progress } from './print/progress.ts';
import type { Style } from './print/style.ts';
import { readBooks, settleBooks } from './readback/books.ts';
import { createCollector, type Collector } from './readback/collect.ts';
import { compare } from './readback/compare.ts';
import { readDetails } from './readback/exchange.ts';
import { AGENT_ID } from './services.ts';
import { sendTraffic } from './traffic/send.ts';
import { createNumbering, type Sent } from './traffic/sent.ts';
import { becomesTrue } from './launcher/wait.ts';

const PATIENCE_MS = 30_000;
const SHOWN_WHOLE = '/uploads?trailers=yes';

/**
 * Sends the samples through the sidecar, reads them back through GraphQL, prints them and compares.
 *
 * @returns a sentence for each thing that isn't as it was sent
 */
export async function showTraffic(
  config: Config,
  progress: Progress,
  style: Style,
  signal: AbortSignal,
): Promise<string[]> {
  const api = `http://127.0.0.1:${config.apiPort}/graphql`;
  const ids = createNumbering(randomBytes(4).toString('hex'));
  const collector = createCollector(api, ids.run);
  const before = (await readBooks(api, AGENT_ID))?.counts.captured ?? 0;
  const problems: string[] = [];

  const sent = await progress.step('sample requests, sent through the sidecar', async () => {
    const traffic = await sendTraffic(config.capturePort, ids, signal);
    if (!(await isSeenOpen(collector, traffic.openId, traffic.open, signal)))
      problems.push(`the long answer (${traffic.openId}) was not shown as OPEN while it went on`);
    return [...traffic.sent, await traffic.open].toSorted((a, b) => a.id.localeCompare(b.id));
  });
  const found = await progress.step(
    `${sent.length} exchanges, read back through GraphQL`,
    () =>
      collector.settle(
        sent.map((one) => one.id),
        PATIENCE_MS,
        signal,
      ),
    {
      fault: ({ size }) =>
        size < sent.length ? `only ${size} are there after ${PATIENCE_MS / 1000} s` : undefined,
    },
  );

  const exchanges = sent.flatMap((one) => found.get(one.id) ?? []);
  progress.print(`\n${style.bold('Captured exchanges')}\n${formatExchanges(exchanges, style)}\n`);
  for (const one of sent) {
    const id = found.get(one.id)?.[0]?.requestId;
    problems.push(
      ...compare(one, found.get(one.id) ?? [], id === undefined ? null : await readDetails(api, id)),
    );
  }
  await showOne(sent, found, api, progress, style);

  const books = await settleBooks(api, AGENT_ID, before + sent.length, PATIENCE_MS, signal);
  progress.print(`${style.bold("The agent's books")}\n${formatBooks(AGENT_ID, books, style)}\n`);
  if (books?.balanced !== true) problems.push(`the books of ${AGENT_ID} don't balance`);
  return problems;
}

/** Whether an exchange shows up as open before its answer is over. */
async function isSeenOpen(
  collector: Collector,
  id: string,
  answer: Promise<Sent>,
  signal: AbortSignal,
): Promise<boolean> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  answer.then(end, end);
  let seen = false;
  await becomesTrue(
    async () => {
      const found = await collector.look();
      seen = found.get(id)?.some((exchange) => exchange.state === 'OPEN') === true;
      return seen || over;
    },
    { timeoutMs: PATIENCE_MS, everyMs: 50, signal },
  );
  return seen;
}

async function showOne(
  sent: readonly Sent[],
  found: Awaited<ReturnType<Collector['look']>>,
  api: string,
  progress: Progress,
  style: Style,
): Promise<void> {
  const example = sent.find((one) => one.target === SHOWN_WHOLE);
  const exchange = example && found.get(example.id)?.[0];
  const details = exchange && (await readDetails(api, exchange.requestId));
  if (details)
    progress.print(`${style.bold('One of them whole')}\n${formatExchange(exchange, details, style)}\n`);
}
