import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import type { Clock } from '@culvert/runtime/clock';

const RELEASED = join(import.meta.dirname, '../../../released/generated');

/** A message as an earlier release published it. */
export interface RecordedBatch {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

/** Writes the orchestrator of an earlier release to a folder. @returns the file to run */
export async function unpackOrchestrator(directory: string): Promise<string> {
  const file = join(directory, 'orchestrator.mjs');
  await writeFile(file, brotliDecompressSync(await readFile(join(RELEASED, 'orchestrator.mjs.br'))));
  return file;
}

/** What the sidecar of an earlier release published. */
export async function recordedBatches(): Promise<RecordedBatch[]> {
  const text = await readFile(join(RELEASED, 'batches.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const { data, ...rest } = JSON.parse(line) as Omit<RecordedBatch, 'data'> & { readonly data: string };
      return { ...rest, data: Buffer.from(data, 'base64') };
    });
}

/** A clock that stands where the recording ended, when it is neither too old nor too new, on whatever day the tests run. */
export async function clockOfRecording(): Promise<Clock> {
  const text = await readFile(join(RELEASED, 'release.json'), 'utf8');
  const { recordedAt } = JSON.parse(text) as { readonly recordedAt: string };
  const now = Date.parse(recordedAt);
  return { now: () => now };
}

/** Publishes a recorded message as it was. */
export async function publishRecorded(nats: NatsConnection, batch: RecordedBatch): Promise<void> {
  const fields = headers();
  for (const [name, value] of Object.entries(batch.headers)) fields.set(name, value);
  await jetstream(nats).publish(batch.subject, batch.data, { headers: fields });
}
