import type { SuiteName } from '../config.ts';

/** A table with one line a row; the first column is text, the others are numbers. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Something that the product promises, and what was measured. */
export interface Goal {
  readonly sentence: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What a suite found. */
export interface SuiteResult {
  readonly suite: SuiteName;
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  /** Sentences about this run that a reader needs beside the tables. */
  readonly remarks: readonly string[];
  /** Every single run, for the JSON file. */
  readonly data: unknown;
}
