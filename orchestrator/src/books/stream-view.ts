import type { BootBooks } from './boot.ts';
import type { BootInStream } from './settle.ts';

/**
 * What is known of an agent's subject in the traffic stream, asked **before** the books were read.
 *
 * `before` holds each boot as it stood before the stream was asked: what had been acknowledged to it by then and
 * is no longer in the stream must have been counted by ingest when the books are read.
 */
export type StreamView =
  | { readonly state: 'unknown' }
  | { readonly state: 'empty'; readonly before: ReadonlyMap<string, BootBefore> }
  | {
      readonly state: 'holds';
      readonly before: ReadonlyMap<string, BootBefore>;
      /** The boot whose batch is the oldest in the stream, where that was asked for. */
      readonly oldestBoot: string | undefined;
    };

/** A boot as it stood before the stream was asked. */
export interface BootBefore {
  readonly acknowledged: number;
  /** It had said goodbye, or a later boot had reported its end. */
  readonly ended: boolean;
}

/** What the stream says about one of an agent's boots. */
export function bootInStream(boot: BootBooks, boots: readonly BootBooks[], stream: StreamView): BootInStream {
  if (stream.state === 'unknown' || (stream.state === 'holds' && !isPast(boot, boots, stream.oldestBoot)))
    return { mayHold: true, acknowledgedBefore: 0 };
  const before = stream.before.get(boot.bootId);
  // A boot that still ran when the stream was asked may have published since.
  return { mayHold: before?.ended !== true, acknowledgedBefore: before?.acknowledged ?? 0 };
}

/**
 * Whether the stream holds only batches of later boots. A subject keeps its order, and a boot begins after the one
 * before it has ended; a boot without a heartbeat is the newest.
 */
function isPast(boot: BootBooks, boots: readonly BootBooks[], oldestBoot: string | undefined): boolean {
  if (oldestBoot === undefined || oldestBoot === boot.bootId) return false;
  const oldest = boots.find((candidate) => candidate.bootId === oldestBoot);
  return (boot.reportedAt ?? Infinity) < (oldest?.reportedAt ?? Infinity);
}
