import { ConfigurationError } from '@culvert/runtime/config';
import { untilSignalled } from '@culvert/runtime/lifecycle';
import { createLogger } from '@culvert/runtime/log';
import { VERSION } from '@culvert/runtime/version';
import { readCommandLine, USAGE } from './command-line.ts';
import { readConfig, type Config } from './config.ts';
import { startOrchestrator } from './orchestrator.ts';

process.exit(await main(process.argv.slice(2)));

/** @returns the exit code: 0 ended in order, 1 could not start, 2 wrong usage */
async function main(args: readonly string[]): Promise<number> {
  const command = readCommandLine(args);
  if (command.kind === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command.kind === 'mistake') {
    process.stderr.write(`culvert-orchestrator: ${command.message}\n\n${USAGE}`);
    return 2;
  }
  let config: Config | undefined;
  try {
    config = readConfig(process.env);
    if (command.roles !== undefined) config = { ...config, roles: command.roles };
    const log = createLogger('orchestrator', config.logLevel);
    const signalled = untilSignalled();
    const orchestrator = await startOrchestrator(config, VERSION, log);
    const signal = await signalled;
    log.info({ signal }, 'orchestrator ends');
    const clean = await orchestrator.stop();
    log.info({ clean }, 'orchestrator has ended');
    return 0;
  } catch (error) {
    process.stderr.write(`culvert-orchestrator: ${sentence(error, config)}\n`);
    return 1;
  }
}

/** What the person who started the process needs to know. */
function sentence(error: unknown, config: Config | undefined): string {
  if (error instanceof ConfigurationError || config === undefined)
    return error instanceof Error ? error.message : String(error);
  const { code, port, address, hostname, message } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
    hostname?: string;
  };
  if (hostname !== undefined)
    return `${hostname} is no name of this machine: change ${hostname === config.host ? 'CULVERT_HOST' : 'CULVERT_METRICS_HOST'}`;
  if (port === undefined) return message;
  const [portVariable, hostVariable] =
    port === config.port
      ? ['CULVERT_PORT', 'CULVERT_HOST']
      : ['CULVERT_METRICS_PORT', 'CULVERT_METRICS_HOST'];
  if (code === 'EADDRINUSE')
    return `port ${port} is taken: end what listens there, or choose another one by ${portVariable}`;
  if (code === 'EACCES') return `port ${port} needs rights that this process lacks: change ${portVariable}`;
  if (code === 'EADDRNOTAVAIL')
    return `${address ?? 'the address'} is not an address of this machine: change ${hostVariable}`;
  return message;
}
