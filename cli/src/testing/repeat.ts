import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from '@culvert/demo/launcher/debian-program';
import type { WholeExchange } from '../exchange/exchange.ts';
import { curlCommand } from '../output/curl.ts';
import { exchangeWith } from './exchange.ts';
import { startRawServer, type RawRequest } from './raw-server.ts';
import { findShells, runScript } from './shells.ts';

/** Runs commands as people would who paste them. */
export interface Repeater {
  /** What a server gets from the command for an exchange: once from each shell. Fails when a file was written. */
  repeat(fields: Partial<WholeExchange>): Promise<readonly RawRequest[]>;
  close(): Promise<void>;
}

/** Starts a server that keeps what it gets, and finds the shells and curl of this machine. */
export async function startRepeater(): Promise<Repeater> {
  await debianProgram({ program: 'curl', package: 'curl' });
  const shells = await findShells();
  const server = await startRawServer();
  const directory = mkdtempSync(join(tmpdir(), 'culvert-curl-'));
  return {
    async repeat(fields) {
      const { command, remarks } = curlCommand(exchangeWith(fields));
      ok(command !== undefined, remarks.join(', '));
      const script = command.replace('curl ', `curl -sS --connect-to ::127.0.0.1:${server.port} `);
      const first = server.requests.length;
      for (const shell of shells) {
        const { status, errors } = await runScript(shell, script, directory);
        equal(status, 0, `${shell.join(' ')}: ${errors}`);
        equal(errors, '', shell.join(' '));
      }
      deepEqual(readdirSync(directory), [], 'a command has written a file');
      const requests = server.requests.slice(first);
      equal(requests.length, shells.length);
      return requests;
    },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
