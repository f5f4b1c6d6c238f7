import type { WholeExchange } from '../../exchange/exchange.ts';
import { escapeJson } from '../../terminal/escape.ts';
import type { Writer } from '../../terminal/writer.ts';
import { VERSION } from '@culvert/runtime/version';
import { harEntry } from './entry.ts';

/** A HAR 1.2 document that is written while its entries come. */
export interface HarLog {
  write(exchange: WholeExchange): Promise<void>;
  /** Completes the document; without it, it can't be read. */
  end(): Promise<void>;
}

/** Begins a HAR document. */
export function createHarLog(output: Writer): HarLog {
  let begun = false;
  const begin = async (): Promise<void> => {
    if (begun) return;
    begun = true;
    const creator = { name: 'culvert', version: VERSION };
    await output.write(`{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`);
  };
  let separator = '\n';
  return {
    async write(exchange) {
      await begin();
      await output.write(separator + escapeJson(JSON.stringify(harEntry(exchange))));
      separator = ',\n';
    },
    async end() {
      await begin();
      await output.write('\n]}}\n');
    },
  };
}
