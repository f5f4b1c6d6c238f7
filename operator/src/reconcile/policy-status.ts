/** The status of a CapturePolicy, as the operator writes it. */

export interface PolicyStatus {
  readonly observedGeneration?: number;
  readonly matchedPods?: number;
  readonly injectedPods?: number;
  readonly upToDatePods?: number;
  readonly uncovered?: readonly Uncovered[];
  readonly conditions?: readonly Condition[];
}

/** Pods that are not captured, or not as written, for one reason. */
export interface Uncovered {
  readonly reason: string;
  readonly message?: string;
  readonly pods: number;
  /** The name of one of them. */
  readonly example?: string;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  /** RFC 3339. */
  readonly lastTransitionTime: string;
}
