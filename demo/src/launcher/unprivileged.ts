import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How to start a program that refuses to run as root. */
export interface Unprivileged {
  /** Stands before the program and its arguments. */
  readonly prefix: readonly string[];
  /** Who owns the program's files, seen from outside. */
  readonly uid: number;
}

const NOBODY = 65534;

const ways: readonly Unprivileged[] = [
  // In a user namespace root looks like user 1000 and still owns its files.
  { prefix: ['unshare', '-U', '--map-user=1000', '--map-group=1000'], uid: 0 },
  // Another user, who may still pass directories that only root may enter.
  {
    prefix: [
      'setpriv',
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
    ],
    uid: NOBODY,
  },
];

/**
 * Finds a way to run programs without being root: as they are for ordinary users; for root a user namespace, and
 * where the system refuses those, the user nobody.
 *
 * @param owner the user id that owns the program's files already, if there are any: that way is tried first
 * @throws Error when root can do neither
 */
export async function findUnprivileged(owner?: number): Promise<Unprivileged> {
  const uid = process.getuid?.() ?? -1;
  if (uid !== 0) return { prefix: [], uid };
  const ordered = ways.toSorted((a, b) => Number(b.uid === owner) - Number(a.uid === owner));
  for (const way of ordered) {
    const [command = '', ...args] = way.prefix;
    const works = await promisify(execFile)(command, [...args, 'true']).then(
      () => true,
      () => false,
    );
    if (works) return way;
  }
  throw new Error(
    'Postgres refuses to run as root, and neither unshare (user namespaces) nor setpriv works here: start this as an ordinary user.',
  );
}
