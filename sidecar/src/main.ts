import { untilSignalled } from '@culvert/runtime/lifecycle';
import { createLogger } from '@culvert/runtime/log';
import { readConfig, settings } from './config.ts';
import { startSidecar } from './sidecar.ts';

const VERSION = '0.1.0';

const HELP = `Usage: culvert-sidecar

Forwards captured ports untouched, copies each HTTP exchange and publishes it to NATS JetStream.
Configured by environment variables:

${Object.values(settings)
  .map((setting) => `  ${setting.variable.padEnd(26)} ${setting.description}`)
  .join('\n')}
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (args.includes('--version')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (args.length > 0) {
    process.stderr.write(`culvert-sidecar: unknown argument ${args[0] ?? ''}; try --help\n`);
    return 2;
  }
  const config = readConfig(process.env);
  const log = createLogger('sidecar', config.logLevel);
  const sidecar = await startSidecar(config, VERSION, log);
  const signal = await untilSignalled();
  log.info({ signal }, 'sidecar drains');
  const clean = await sidecar.stop();
  log.info({ clean }, 'sidecar ends');
  return 0;
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`culvert-sidecar: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
