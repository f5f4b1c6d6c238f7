import type { Status } from './objects.ts';

/** The API server refused a request. */
export class KubernetesError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** The machine-readable reason, such as `Conflict` or `Expired`; empty where it gave none. */
  readonly reason: string;

  constructor(status: number, body: Status, what: string) {
    super(`${what}: ${body.message ?? `status ${status}`}`);
    this.name = 'KubernetesError';
    this.status = status;
    this.reason = body.reason ?? '';
  }
}

/** Whether an error says that the object is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 404;
}

/** Whether an error says that somebody else wrote first. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 409;
}

/** Whether an error says that the operator lacks a right. */
export function isForbidden(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 403;
}

/** Whether an error says that the history from where a list or watch should go on is gone. */
export function isExpired(error: unknown): boolean {
  return error instanceof KubernetesError && (error.status === 410 || error.reason === 'Expired');
}
