import { get } from 'node:http';

const TIMEOUT_MS = 2_000;

/** Whether `GET /` on a port of this machine is answered with 200. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const fail = (): void => {
      resolve(false);
    };
    const request = get({ host: '127.0.0.1', port, agent: false, timeout: TIMEOUT_MS }, (response) => {
      response.on('error', fail).on('end', () => {
        resolve(response.statusCode === 200);
      });
      response.resume();
    });
    request.on('timeout', () => request.destroy()).on('error', fail);
  });
}
