import type {
  ExpectedEnd,
  ExpectedExchange,
  ExpectedOutcome,
  Field,
  Side,
} from '@culvert/e2e/corpus/conversation';
import type { RequestEvents, RequestHead, ResponseEvents, ResponseHead, Trailers } from '../message.ts';
import { createRequestParser } from '../request-parser.ts';
import { createResponseParser } from '../response-parser.ts';
import { targetUrl } from './target-url.ts';

/** As much as the shipped sidecar allows. */
const LIMITS = { headBytes: 64 * 1024, heldBytes: 64 * 1024 };

/** What the parsers make of a conversation. */
export interface Played {
  readonly exchanges: readonly ExpectedExchange[];
  readonly opaque: string | undefined;
  /** What was reported, in order; pieces of one body are joined. */
  readonly events: readonly string[];
}

class RecordedExchange {
  readonly request: RequestHead;
  readonly interim: number[] = [];
  response: ResponseHead | undefined;
  readonly bodies: Record<Side, Buffer[]> = { client: [], server: [] };
  readonly trailers: Record<Side, Field[]> = { client: [], server: [] };
  requestEnded = false;
  responseEnded = false;
  outcome: ExpectedOutcome = 'OPEN';
  ends: Record<Side, ExpectedEnd> = { client: 'open', server: 'open' };
  unparsable = false;

  constructor(request: RequestHead) {
    this.request = request;
  }
}

/** Pairs what the two parsers of a connection report, in the simplest way that is right. */
export class ConversationRecorder {
  readonly #exchanges: RecordedExchange[] = [];
  readonly #waiting: RecordedExchange[] = [];
  #receiving: RecordedExchange | undefined;
  #opaque: string | undefined;
  readonly #ended: Side[] = [];
  readonly #events: string[] = [];
  readonly #requests = createRequestParser(this.#requestEvents(), LIMITS);
  readonly #responses = createResponseParser(this.#responseEvents(), LIMITS);
  #reads: Record<Side, boolean> = { client: true, server: true };

  feed(from: Side, bytes: Buffer): void {
    if (!this.#reads[from]) return;
    if (from === 'client') this.#requests.feed(bytes);
    else this.#responses.feed(bytes);
  }

  end(from: Side): void {
    this.#ended.push(from);
    if (this.#reads[from]) (from === 'client' ? this.#requests : this.#responses).finish();
    if (this.#ended.length === 2) this.close(this.#ended[0]!);
  }

  close(by: Side): void {
    this.#endOpen(by === 'client' ? 'CLIENT_ABORTED' : 'UPSTREAM_ABORTED');
  }

  result(): Played {
    return {
      exchanges: this.#exchanges.map(asExpected),
      opaque: this.#opaque,
      events: this.#events,
    };
  }

  #requestEvents(): RequestEvents {
    return {
      onStart: () => this.#note('client', 'start'),
      onHead: (head) => {
        this.#note('client', `head ${head.bytes.toString('latin1')}`);
        this.#receiving = new RecordedExchange(head);
        this.#exchanges.push(this.#receiving);
        this.#waiting.push(this.#receiving);
      },
      onBody: (data) => this.#take('client', this.#receiving, data),
      onTrailers: (trailers) => this.#receiving?.trailers.client.push(...fieldsOf(trailers)),
      onEnd: () => {
        this.#note('client', 'end');
        const exchange = this.#receiving!;
        this.#receiving = undefined;
        exchange.requestEnded = true;
        this.#completeIfEnded(exchange);
      },
      onFault: (fault) => {
        this.#note('client', fault);
        this.#opaque ??= fault;
        this.#reads.client = false;
        this.#reads.server = this.#waiting.length > 0;
        if (this.#receiving !== undefined) {
          this.#receiving.unparsable = true;
          this.#completeIfEnded(this.#receiving);
        }
        this.#receiving = undefined;
      },
    };
  }

  #responseEvents(): ResponseEvents {
    return {
      answered: () => this.#waiting[0]?.request,
      onStart: () => this.#note('server', 'start'),
      onInterim: (head) => {
        this.#note('server', `interim ${head.bytes.toString('latin1')}`);
        this.#waiting[0]!.interim.push(head.status);
      },
      onHead: (head) => {
        this.#note('server', `head ${head.bytes.toString('latin1')}`);
        this.#waiting[0]!.response = head;
      },
      onBody: (data) => this.#take('server', this.#waiting[0], data),
      onTrailers: (trailers) => this.#waiting[0]!.trailers.server.push(...fieldsOf(trailers)),
      onEnd: () => {
        this.#note('server', 'end');
        const exchange = this.#waiting.shift()!;
        exchange.responseEnded = true;
        this.#completeIfEnded(exchange);
        if (exchange.request.asksToSwitch) this.#requests.resume();
        if (this.#opaque !== undefined && this.#waiting.length === 0) this.#reads.server = false;
      },
      onSwitch: () => {
        this.#note('server', 'switch');
        this.#requests.switched();
        this.#waiting[0]!.responseEnded = true;
        this.#opaque ??= this.#waiting[0]!.request.method === 'CONNECT' ? 'connect' : 'upgraded';
        this.#endOpen('UPGRADED');
      },
      onFault: (fault) => {
        this.#note('server', fault);
        this.#opaque ??= fault;
        this.#endOpen('UNPARSABLE');
      },
    };
  }

  #take(side: Side, exchange: RecordedExchange | undefined, data: Buffer): void {
    if (data.length === 0) throw new Error('an empty piece of a body was reported');
    const bodies = exchange!.bodies[side];
    if (bodies.length === 0 || !this.#events.at(-1)?.startsWith(`${side} body`)) this.#note(side, 'body');
    bodies.push(data);
  }

  #completeIfEnded(exchange: RecordedExchange): void {
    const requestCut = !exchange.requestEnded && this.#ended.includes('client');
    if (!exchange.responseEnded || !(exchange.requestEnded || exchange.unparsable || requestCut)) return;
    if (exchange.unparsable) exchange.outcome = 'UNPARSABLE';
    else exchange.outcome = requestCut ? 'CLIENT_ABORTED' : 'COMPLETE';
    const unended = exchange.unparsable ? 'unread' : 'cut';
    exchange.ends = { client: exchange.requestEnded ? 'whole' : unended, server: 'whole' };
  }

  #endOpen(outcome: ExpectedOutcome): void {
    this.#reads = { client: false, server: false };
    for (const exchange of this.#exchanges) {
      if (exchange.outcome !== 'OPEN') continue;
      const isAbort = outcome === 'CLIENT_ABORTED' || outcome === 'UPSTREAM_ABORTED';
      if (exchange.unparsable) exchange.outcome = 'UNPARSABLE';
      else exchange.outcome = isAbort && exchange.responseEnded ? 'COMPLETE' : outcome;
      const ended = { client: exchange.requestEnded, server: exchange.responseEnded };
      const clientCut = isAbort || this.#ended.includes('client');
      exchange.ends = {
        client: ended.client ? 'whole' : clientCut && !exchange.unparsable ? 'cut' : 'unread',
        server: ended.server ? 'whole' : isAbort ? 'cut' : 'unread',
      };
    }
  }

  /** Whether a side that is no longer read still has bytes in the chunk at hand depends on where it was cut. */
  #note(side: Side, event: string): void {
    if (this.#reads[side]) this.#events.push(`${side} ${event}`);
  }
}

function asExpected(exchange: RecordedExchange): ExpectedExchange {
  const { request, response, bodies, trailers } = exchange;
  return {
    method: request.method,
    url: targetUrl(request),
    request: {
      version: request.version,
      headers: fieldsOf(request),
      body: Buffer.concat(bodies.client),
      trailers: trailers.client,
    },
    interim: exchange.interim,
    response: response && {
      version: response.version,
      headers: fieldsOf(response),
      body: Buffer.concat(bodies.server),
      trailers: trailers.server,
      status: response.status,
      reason: response.bytes.toString('latin1', response.reasonStart, response.reasonEnd),
    },
    outcome: exchange.outcome,
    ends: [exchange.ends.client, exchange.ends.server],
  };
}

function fieldsOf({ bytes, fields }: Trailers): Field[] {
  const text = (from: number, to: number) => bytes.toString('latin1', fields[from], fields[to]);
  return Array.from({ length: fields.length / 4 }, (_, index) => [
    text(4 * index, 4 * index + 1),
    text(4 * index + 2, 4 * index + 3),
  ]);
}
