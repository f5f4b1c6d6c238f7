/** A measurement, stored or just come; what is missing could not be known. */
export interface SystemMetrics {
  readonly agentId: string;
  readonly at: Date;
  readonly cpuSystemPercent?: number | null | undefined;
  readonly cpuProcessPercent?: number | null | undefined;
  readonly memoryUsedBytes?: number | string | null | undefined;
  readonly memoryTotalBytes?: number | string | null | undefined;
  readonly memoryProcessBytes?: number | string | null | undefined;
  readonly networkRxBytesPerSecond?: number | null | undefined;
  readonly networkTxBytesPerSecond?: number | null | undefined;
  readonly diskReadBytesPerSecond?: number | null | undefined;
  readonly diskWriteBytesPerSecond?: number | null | undefined;
  readonly diskAvailableBytes?: number | string | null | undefined;
}
