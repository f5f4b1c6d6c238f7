import { VERSION } from '@culvert/runtime/version';

/** An image that is built from a Dockerfile. */
export interface BuiltImage {
  readonly name: string;
  /** Relative to the repository's root. */
  readonly dockerfile: string;
  /** A folder of dist/ that must be there for it. */
  readonly bundle?: string;
  readonly buildArguments?: Readonly<Record<string, string>>;
}

/** An image with nothing in it but one static program. */
export interface ProgramImage {
  readonly name: string;
  readonly program: 'pause' | 'coredns' | 'nats-server';
  /** Where it is in the image. */
  readonly target: string;
  /** Only a stage of another image: not brought into the cluster. */
  readonly stage?: boolean;
}

const NATS_PROGRAM = 'localhost/culvert-nats-server:latest';

/** The image of a part of Culvert, as the chart names it. */
export function imageOf(part: string): string {
  return `docker.io/culvert/${part}:${VERSION}`;
}

const bundled = (part: string): BuiltImage => ({
  name: imageOf(part),
  dockerfile: `images/${part}.Dockerfile`,
  bundle: part,
});

export const builtImages: readonly BuiltImage[] = [
  bundled('sidecar'),
  bundled('orchestrator'),
  bundled('operator'),
  bundled('postgres'),
  {
    name: imageOf('nats'),
    dockerfile: 'images/nats.Dockerfile',
    buildArguments: { SERVER_IMAGE: NATS_PROGRAM },
  },
  { name: imageOf('test-application'), dockerfile: 'e2e/cluster/images/application.Dockerfile' },
];

export const programImages: readonly ProgramImage[] = [
  { name: 'docker.io/culvert/pause:1', program: 'pause', target: '/pause' },
  { name: 'docker.io/culvert/coredns:1', program: 'coredns', target: '/coredns' },
  { name: NATS_PROGRAM, program: 'nats-server', target: '/usr/local/bin/nats-server', stage: true },
];
