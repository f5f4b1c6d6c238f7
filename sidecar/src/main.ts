import { untilSignalled } from '@culvert/runtime/lifecycle';
import { createLogger } from '@culvert/runtime/log';
import { VERSION } from '@culvert/runtime/version';
import { readCommandLine, type Role } from './command-line.ts';
import { readConfig } from './config.ts';
import { readNodeConfig } from './node/config.ts';
import { startNodeAgent } from './node/node-agent.ts';
import { applyRuleset } from './redirect/apply.ts';
import { readRedirectConfig } from './redirect/config.ts';
import { renderRuleset } from './redirect/ruleset.ts';
import { startSidecar } from './sidecar.ts';

const run: Readonly<Record<Role, (environment: NodeJS.ProcessEnv) => Promise<void>>> = {
  capture: async (environment) => {
    const config = readConfig(environment);
    const log = createLogger('sidecar', config.logLevel);
    const sidecar = await startSidecar(config, VERSION, log);
    // From here on other people's traffic passes: no fault of ours may end it.
    process.on('uncaughtException', (error) => {
      sidecar.surviveFault(error);
    });
    const signal = await untilSignalled();
    log.info({ signal }, 'sidecar drains');
    const clean = await sidecar.stop();
    log.info({ clean }, 'sidecar ends');
  },
  node: async (environment) => {
    const config = readNodeConfig(environment);
    const log = createLogger('node', config.logLevel);
    const agent = await startNodeAgent(config, VERSION, log);
    const signal = await untilSignalled();
    log.info({ signal }, 'node agent ends');
    await agent.stop();
  },
  redirect: async (environment) => {
    const config = readRedirectConfig(environment);
    const log = createLogger('redirect', config.logLevel);
    await applyRuleset(renderRuleset(config.redirects));
    log.info({ redirects: config.redirects }, 'ports are redirected to the sidecar');
  },
};

async function main(args: readonly string[]): Promise<number> {
  const command = readCommandLine(args, VERSION);
  if (command.kind === 'print') {
    process.stdout.write(command.text);
    return 0;
  }
  if (command.kind === 'mistake') {
    process.stderr.write(`culvert-sidecar: ${command.message}\n`);
    return 2;
  }
  await run[command.role](process.env);
  return 0;
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`culvert-sidecar: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
