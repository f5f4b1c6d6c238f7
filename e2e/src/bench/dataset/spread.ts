/** What the made-up exchanges of the data set are like: which workloads answer which paths, and how often. */

/** Something that is asked for: one workload's path, with its share of all exchanges. */
export interface Route {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly host: string;
  /** What its pods are named after. */
  readonly name: string;
  /** A path whose `{number}` and `{uuid}` differ each time. */
  readonly path: string;
  readonly share: number;
  /** The logarithm of its usual duration in milliseconds. */
  readonly logMs: number;
}

/** A value with its share of all. The shares of a list add up to one. */
export interface Share<T> {
  readonly value: T;
  readonly share: number;
}

const NAMESPACES = [
  ...['shop', 'checkout', 'catalog', 'payments', 'identity', 'search', 'shipping'],
  ...['billing', 'reports', 'media', 'partners', 'platform'],
];
/** The first namespaces are in the first cluster. */
const OF_FIRST_CLUSTER = 7;
const ROLES = ['api', 'gateway', 'store', 'worker', 'web'];
/** Paths of every workload; `{noun}` is its namespace. */
export const PATHS = [
  '/api/v1/{noun}/{number}',
  '/api/v1/{noun}?page={number}&size=20',
  '/api/v1/{noun}/{uuid}/items/{number}',
  '/healthz',
  '/api/v2/{noun}/search?q=term-{number}',
  '/internal/{noun}/{uuid}',
];
/** How fast shares fall: the n-th workload has 1 ÷ n^1.5 of the first one's. */
const STEEPNESS = 1.5;

/** Every route, 60 workloads in 12 namespaces in 2 clusters, the most frequent first. */
export function makeRoutes(): readonly Route[] {
  const workloads = Array.from({ length: NAMESPACES.length * ROLES.length }, (_, index) => {
    const place = index % NAMESPACES.length;
    const namespace = NAMESPACES[place] ?? '';
    const name = `${namespace}-${ROLES[Math.floor(index / NAMESPACES.length)] ?? ''}`;
    return { index, namespace, name, cluster: place < OF_FIRST_CLUSTER ? 'east' : 'west' };
  });
  const routes = workloads.flatMap(({ index, namespace, name, cluster }) =>
    PATHS.map((path, place) => ({
      ...{ cluster, namespace, name },
      workload: `Deployment/${name}`,
      host: `${name}.${namespace}.svc.cluster.local:8080`,
      path: path.replace('{noun}', namespace),
      share: 1 / (index + 1) ** STEEPNESS / (place + 1) ** STEEPNESS,
      logMs: Math.log(5) + ((index * 7 + place * 3) % 12) / 4,
    })),
  );
  const sum = routes.reduce((total, route) => total + route.share, 0);
  return routes.map((route) => ({ ...route, share: route.share / sum }));
}

/** Shares of things that are rare are those of some ten among five million. */
const HARDLY_EVER = 4e-6;

export const METHODS: readonly Share<string>[] = rest('GET', [
  { value: 'POST', share: 0.14 },
  { value: 'PUT', share: 0.04 },
  { value: 'DELETE', share: 0.02 },
  { value: 'HEAD', share: 0.015 },
  { value: 'PATCH', share: 0.001 },
  { value: 'PURGE', share: HARDLY_EVER },
]);

export const STATUSES: readonly Share<number>[] = rest(200, [
  { value: 201, share: 0.05 },
  { value: 204, share: 0.03 },
  { value: 304, share: 0.03 },
  { value: 400, share: 0.01 },
  { value: 404, share: 0.02 },
  { value: 500, share: 0.002 },
  { value: 502, share: 0.0005 },
  { value: 503, share: 0.001 },
  { value: 507, share: HARDLY_EVER },
]);

/** Names as `exchange.outcome` has them; what has not ended is OPEN while its agent lives, else INCOMPLETE. */
export const ENDINGS: readonly Share<
  'COMPLETE' | 'CLIENT_ABORTED' | 'UPSTREAM_ABORTED' | 'OPEN' | 'INCOMPLETE'
>[] = rest('COMPLETE', [
  { value: 'CLIENT_ABORTED', share: 0.002 },
  { value: 'UPSTREAM_ABORTED', share: 0.0005 },
  { value: 'OPEN', share: 1e-5 },
  { value: 'INCOMPLETE', share: 1e-5 },
]);

/** Of a partner's host instead of the workload's own, and of a mark in the query, each independent of all else. */
export const RARE_HOST = { value: 'legacy.partner.example', share: HARDLY_EVER };
export const RARE_MARK = { value: 'coupon=WINTER-77', share: HARDLY_EVER };

/** A list whose first entry has what the others leave. */
function rest<T>(value: T, others: readonly Share<T>[]): readonly Share<T>[] {
  const taken = others.reduce((total, { share }) => total + share, 0);
  return [{ value, share: 1 - taken }, ...others];
}

/** Where each share begins, without the first: what `width_bucket` of Postgres finds a random number's place by. */
export function thresholds(shares: readonly { readonly share: number }[]): readonly number[] {
  let begin = 0;
  return shares.slice(0, -1).map(({ share }) => (begin += share));
}
