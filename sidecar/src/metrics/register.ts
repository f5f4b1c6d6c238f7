import { Counter, Gauge, type Registry } from 'prom-client';

/** Reads a metric's values into it, at each scrape. */
export type Source = (metric: Counter | Gauge) => void;

type Declare = (name: string, help: string, labelNames: string[], read: Source) => void;

/** Declares metrics of a registry that cost nothing between scrapes: they are read when asked. */
export function metricsIn(registry: Registry): { readonly counter: Declare; readonly gauge: Declare } {
  const declare =
    (kind: typeof Counter | typeof Gauge): Declare =>
    (name, help, labelNames, read) => {
      registry.registerMetric(
        new kind({
          name,
          help,
          labelNames,
          registers: [],
          collect() {
            this.reset();
            read(this);
          },
        }),
      );
    };
  return { counter: declare(Counter), gauge: declare(Gauge) };
}
