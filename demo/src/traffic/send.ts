import { Agent } from 'node:http';
import { catalogue, longRequest } from './catalogue.ts';
import { sendPlain } from './plain-request.ts';
import { rawSamples } from './raw-samples.ts';
import type { Numbering, Sent } from './sent.ts';

/** Traffic under way. */
export interface Traffic {
  /** What has been answered whole. */
  readonly sent: readonly Sent[];
  /** The id of the request whose answer still goes on. */
  readonly openId: string;
  /** Resolves when that one is answered too. */
  readonly open: Promise<Sent>;
}

/**
 * Sends every sample to a port of 127.0.0.1. When it resolves, all but one long answer are there.
 *
 * @param signal ends it
 * @throws Error when the application or what stands before it doesn't answer as it should
 */
export async function sendTraffic(port: number, ids: Numbering, signal: AbortSignal): Promise<Traffic> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  signal.addEventListener('abort', () => {
    agent.destroy();
  });
  const openId = ids.next();
  const open = sendPlain(port, agent, longRequest, openId).finally(() => {
    agent.destroy();
  });
  open.catch(() => undefined); // whoever awaits it is told
  const sent: Sent[] = [];
  // One after the other, so that the list reads in this order.
  for (const plain of catalogue) {
    signal.throwIfAborted();
    sent.push(await sendPlain(port, agent, plain, ids.next()));
  }
  for (const sample of rawSamples) {
    signal.throwIfAborted();
    sent.push(...(await sample(port, ids)));
  }
  return { sent, openId, open };
}
