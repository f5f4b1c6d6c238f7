/** Bytes that went in and out so far, by device: network interface or disk. */
export type Traffic = ReadonlyMap<string, { readonly in: number; readonly out: number }>;

/** What could be read at one moment. What is undefined could not; counters count from an unknown beginning. */
export interface Sample {
  /** Unix time in milliseconds. */
  readonly at: number;
  /** How many processors the measured system can use; a limit may leave it a fraction. */
  readonly processors: number;
  /** Processor time that the measured system has used. */
  readonly systemCpuSeconds: number | undefined;
  /** Processor time that this process has used. */
  readonly processCpuSeconds: number;
  readonly memoryUsedBytes: number | undefined;
  readonly memoryTotalBytes: number | undefined;
  readonly memoryProcessBytes: number;
  readonly network: Traffic | undefined;
  readonly disk: Traffic | undefined;
  readonly diskAvailableBytes: number | undefined;
}
