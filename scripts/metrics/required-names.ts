/** A name that the requirements use for a measurement, and where it is found. */
export interface RequiredName {
  readonly name: string;
  readonly requirement: string;
  /** Markdown; every `culvert_…` in it must be a metric. */
  readonly found: string;
}

/** The map from names in the requirements to ours. */
export const REQUIRED_NAMES: readonly RequiredName[] = [
  {
    name: 'requests_total',
    requirement: 'S5-32',
    found:
      '`culvert_captured_total{kind="exchange"}` of sidecars; of the API itself `culvert_http_requests_total`',
  },
  {
    name: 'requests_success',
    requirement: 'S5-32',
    found:
      'of traffic `transactionStats` in GraphQL (`count` less `errors`); of the API `culvert_http_requests_total{status!~"5.."}`',
  },
  {
    name: 'requests_failed',
    requirement: 'S5-32',
    found:
      'of traffic `transactionStats` in GraphQL (`errors`); of the API `culvert_http_requests_total{status=~"5.."}` and `culvert_graphql_operation_duration_seconds_count{outcome="error"}`',
  },
  {
    name: 'active_sessions',
    requirement: 'S5-33',
    found:
      '`culvert_open_connections` and `culvert_open_exchanges` of sidecars; `culvert_websockets` and `culvert_graphql_subscriptions` of the API',
  },
  {
    name: 'pool_connections',
    requirement: 'S5-33',
    found:
      '`culvert_postgres_connections`, `culvert_postgres_idle_connections`, `culvert_postgres_max_connections` and `culvert_postgres_waiting`, by `pool`',
  },
  {
    name: 'response_times',
    requirement: 'S5-34',
    found:
      'of traffic `transactionStats` in GraphQL (`p50Ms`, `p90Ms`, `p99Ms`); of the API `culvert_http_request_duration_seconds`',
  },
  {
    name: 'response_sizes',
    requirement: 'S5-34',
    found:
      'of traffic `transactionStats` in GraphQL (`responseBytes`); of the API `culvert_http_response_size_bytes`',
  },
  {
    name: 'endpoint_metrics',
    requirement: 'S5-35',
    found:
      'of traffic `transactionStats(groupBy: [METHOD, PATH_TEMPLATE])` in GraphQL; of the API the labels `route` and `method` of `culvert_http_requests_total` and its kin, and `operation` of `culvert_graphql_operation_duration_seconds`',
  },
];
