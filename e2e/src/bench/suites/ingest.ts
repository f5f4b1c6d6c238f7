import type { Bench } from '../context.ts';
import type { SuiteResult } from '../report/result.ts';

export function ingestSuite(_bench: Bench): Promise<SuiteResult> {
  throw new Error('not here yet');
}
