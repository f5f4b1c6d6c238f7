import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const INSTEAD = 'or let the operator inject in the mode NamedPorts, which needs no redirect';

/**
 * Hands a script to nft, which applies all of it or nothing.
 *
 * @param program what to run, usually `nft`
 * @throws Error that says what is missing and what to do
 */
export async function applyRuleset(ruleset: string, program = 'nft'): Promise<void> {
  const child = spawn(program, ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // A program that ends without reading its input is told of by its status.
  child.stdin.on('error', () => undefined);
  child.stdin.end(ruleset);
  try {
    const [status, problem] = await Promise.all([ended, text(child.stderr)]);
    if (status !== 0) throw new Error(refusal(problem.trim()));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(`nft is missing: use an image that has nftables, ${INSTEAD}`, { cause: error });
  }
}

function refusal(problem: string): string {
  const said = problem.split('\n', 1)[0] ?? '';
  if (/operation not permitted|must be root/i.test(problem))
    return `the kernel refuses redirects (${said}): run as user 0 with the capability NET_ADMIN, ${INSTEAD}`;
  return `nft refuses the redirects: ${said === '' ? 'it says nothing' : said}; use a kernel that has nf_tables with NAT, ${INSTEAD}`;
}
