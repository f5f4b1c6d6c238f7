/**
 * What the HTTP/1 parsers cost, in nanoseconds an exchange. Run it with `node sidecar/bench/http1-parser.bench.ts`.
 *
 * Each line is the median of several rounds; the rounds of all cases are interleaved.
 */
import type { AnsweredRequest, RequestEvents, ResponseEvents } from '../src/capture/http1/message.ts';
import { createRequestParser } from '../src/capture/http1/request-parser.ts';
import { createResponseParser } from '../src/capture/http1/response-parser.ts';
import { cases, type ParserCase } from './http1-messages.ts';

const LIMITS = { headBytes: 64 * 1024, heldBytes: 64 * 1024 };
const EXCHANGES = 100_000;
const ROUNDS = 11;

let heads = 0;
let bodyBytes = 0;

function run({ request, response }: ParserCase): number {
  let answered: AnsweredRequest | undefined;
  const ignore = (): void => undefined;
  const requestEvents: RequestEvents = {
    onStart: ignore,
    onHead: (head) => {
      heads += head.fields.length;
      answered = head;
    },
    onBody: (data) => (bodyBytes += data.length),
    onTrailers: ignore,
    onEnd: ignore,
    onFault: fail,
  };
  const responseEvents: ResponseEvents = {
    answered: () => answered,
    onStart: ignore,
    onInterim: ignore,
    onHead: (head) => (heads += head.status),
    onBody: (data) => (bodyBytes += data.length),
    onTrailers: ignore,
    onEnd: ignore,
    onSwitch: ignore,
    onFault: fail,
  };
  const requests = createRequestParser(requestEvents, LIMITS);
  const responses = createResponseParser(responseEvents, LIMITS);
  const start = process.hrtime.bigint();
  for (let exchange = 0; exchange < EXCHANGES; exchange++) {
    for (const chunk of request) requests.feed(chunk);
    for (const chunk of response) responses.feed(chunk);
  }
  return Number(process.hrtime.bigint() - start) / EXCHANGES;
}

function fail(fault: string): never {
  throw new Error(`a message of the benchmark is refused: ${fault}`);
}

const results = cases.map(() => [] as number[]);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, parserCase] of cases.entries()) results[index]?.push(run(parserCase));
}
for (const [index, { name }] of cases.entries()) {
  const sorted = (results[index] ?? []).sort((left, right) => left - right);
  const median = sorted[sorted.length >> 1] ?? 0;
  console.log(`${median.toFixed(0).padStart(6)} ns  ${name} (best ${sorted[0]?.toFixed(0)})`);
}
if (heads === 0 || bodyBytes === 0) throw new Error('nothing was parsed');
