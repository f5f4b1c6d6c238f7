import type pg from 'pg';
import type { Series, SeriesOwner } from './group.ts';
import { createFoldReader, insertFolds } from './fold-rows.ts';
import { createOwnerBounds } from './owners.ts';
import { createPathFolds, learnFolds, ownerKey, type PathFold, type PathFolds } from './path-folds.ts';

/** All series with their numbers, as they stand in the database. */
export interface Catalog {
  /** How many there are. */
  size(): number;
  /** The owner that exchanges of an owner are counted under, where there are too many of them. */
  owner(owner: SeriesOwner): SeriesOwner;
  /** Folds a template as far as has been learned, and to {@link REST} where an owner has too many. */
  template(owner: SeriesOwner, template: string): string;
  id(series: Series): number | undefined;
  /** Gives numbers to series that have none. */
  insert(client: pg.ClientBase, series: readonly Series[]): Promise<void>;
  /**
   * Learns from templates that come to those that are known.
   *
   * @returns what was learned; then it stands in the database, and this catalog is out of date
   */
  learn(client: pg.ClientBase, coming: readonly Series[]): Promise<readonly PathFold[]>;
}

/** More different words than this at one position of a path are values. */
export const MOST_WORDS = 64;
/**
 * So many positions are learned of an owner: somebody who makes paths up at every depth would have it learn without end.
 */
export const MOST_FOLDS = 200;
const REST = '/**';

interface SeriesRow {
  readonly series_id: number;
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly method: string;
  readonly path_template: string;
  readonly status_class: number;
}

const COLUMNS = 'cluster, namespace, workload, method, path_template, status_class';

/** Reads the catalog. */
export async function loadCatalog(client: pg.ClientBase): Promise<Catalog> {
  const folds = createPathFolds();
  await createFoldReader(folds).read(client);
  const { rows: all } = await client.query<SeriesRow>(
    `SELECT series_id, ${COLUMNS} FROM culvert.http_series ORDER BY series_id`,
  );
  const ids = new Map<string, number>();
  const bounds = createOwnerBounds();

  function add(row: SeriesRow): void {
    const series = seriesOf(row);
    // Series that have become the same by folding are counted under the first from now on.
    if (!ids.has(seriesKey(series))) ids.set(seriesKey(series), row.series_id);
    bounds.add(series, series.pathTemplate);
  }
  for (const row of all) add(row);

  return {
    size: () => ids.size,
    owner: (owner) => bounds.place(owner),
    template(owner, template) {
      const folded = folds.apply(owner, template);
      return bounds.takeTemplate(owner, folded) ? folded : REST;
    },
    id: (series) => ids.get(seriesKey(series)),
    async insert(client, series) {
      const inserted = await client.query<SeriesRow>(
        `INSERT INTO culvert.http_series (${COLUMNS})
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int2[])
         RETURNING series_id, ${COLUMNS}`,
        [
          series.map((one) => one.cluster),
          series.map((one) => one.namespace),
          series.map((one) => one.workload),
          series.map((one) => one.method),
          series.map((one) => one.pathTemplate),
          series.map((one) => one.statusClass),
        ],
      );
      for (const row of inserted.rows) add(row);
      all.push(...inserted.rows);
    },
    async learn(client, coming) {
      const learned = learnFrom(coming, (owner) => bounds.templates(owner), folds);
      if (learned.length === 0) return [];
      await insertFolds(client, learned);
      const changed = all.flatMap((row) => {
        const folded = folds.apply(row, row.path_template);
        return folded === row.path_template ? [] : [{ id: row.series_id, folded }];
      });
      await client.query(
        `UPDATE culvert.http_series AS series SET path_template = folded
         FROM unnest($1::int4[], $2::text[]) AS change (id, folded) WHERE series_id = id`,
        [changed.map(({ id }) => id), changed.map(({ folded }) => folded)],
      );
      return learned;
    },
  };
}

/** One text for a series. */
export function seriesKey(series: Series): string {
  return `${series.statusClass}${series.method} ${series.pathTemplate}\0${ownerKey(series)}`;
}

/** Looks for crowded positions in what each owner has and gets, until there are none; adds them to the folds. */
function learnFrom(
  coming: readonly Series[],
  known: (owner: SeriesOwner) => ReadonlySet<string>,
  folds: PathFolds,
): PathFold[] {
  const owners = new Map<string, { readonly owner: SeriesOwner; readonly templates: Set<string> }>();
  for (const series of coming) {
    const template = folds.apply(series, series.pathTemplate);
    if (known(series).has(template)) continue;
    const key = ownerKey(series);
    const own = owners.get(key) ?? { owner: series, templates: new Set(known(series)) };
    owners.set(key, own);
    own.templates.add(template);
  }
  const learned: PathFold[] = [];
  for (const { owner, templates } of owners.values()) {
    const { cluster, namespace, workload } = owner;
    for (let now = templates; ; now = new Set([...now].map((one) => folds.apply(owner, one)))) {
      const room = MOST_FOLDS - folds.count(owner);
      const prefixes = room > 0 && now.size > MOST_WORDS ? learnFolds(now, MOST_WORDS) : [];
      if (prefixes.length === 0) break;
      for (const prefix of prefixes.slice(0, room)) {
        const fold = { cluster, namespace, workload, prefix };
        folds.add(fold);
        learned.push(fold);
      }
    }
  }
  return learned;
}

/** What a row says that its exchanges have in common. */
export function seriesOf(row: Omit<SeriesRow, 'series_id'>): Series {
  const {
    cluster,
    namespace,
    workload,
    method,
    path_template: pathTemplate,
    status_class: statusClass,
  } = row;
  return { cluster, namespace, workload, method, pathTemplate, statusClass };
}
