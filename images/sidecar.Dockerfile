# The sidecar, the node agent and the init container that redirects ports: one image, a role each. From the repository's root:
#   docker build -f images/sidecar.Dockerfile -t culvert/sidecar:0.1.0 .
ARG BASE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${BASE_IMAGE} AS bundle
# `source` bundles the sources; `dist` takes what `make build` has left in dist/.
ARG BUNDLE=source
WORKDIR /source
COPY . .
RUN if [ "$BUNDLE" = source ]; then npm ci --loglevel=error && node scripts/build.ts; fi && \
    mkdir /app && \
    cp dist/sidecar/main.mjs /app/ && \
    if [ -f dist/sidecar/node-options ]; then cp dist/sidecar/node-options /app/; fi && \
    install -m 755 images/start.sh /app/start

FROM ${BASE_IMAGE}
RUN command -v nft >/dev/null || \
    (apt-get update && apt-get install --yes --no-install-recommends nftables && rm -rf /var/lib/apt/lists/*)
COPY --from=bundle /app /app
ENV NODE_ENV=production
# A number, so that Kubernetes can see that it isn't root.
USER 15900:15900
ENTRYPOINT ["/app/start"]
