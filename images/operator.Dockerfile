# The operator. From the repository's root:
#   docker build -f images/operator.Dockerfile -t culvert/operator:0.1.0 .
ARG BASE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${BASE_IMAGE} AS bundle
# `source` bundles the sources; `dist` takes what `make build` has left in dist/.
ARG BUNDLE=source
WORKDIR /source
COPY . .
RUN if [ "$BUNDLE" = source ]; then npm ci --loglevel=error && node scripts/build.ts; fi && \
    mkdir /app && \
    cp dist/operator/main.mjs /app/ && \
    if [ -f dist/operator/node-options ]; then cp dist/operator/node-options /app/; fi && \
    install -m 755 images/start.sh /app/start

FROM ${BASE_IMAGE}
COPY --from=bundle /app /app
ENV NODE_ENV=production
# A number, so that Kubernetes can see that it isn't root.
USER 15900:15900
ENTRYPOINT ["/app/start"]
