# The NATS of the chart's `embedded` mode: the server alone. From the repository's root:
#   docker build -f images/nats.Dockerfile -t culvert/nats:0.1.0 .
# Where the server is taken from: an image that holds it as /usr/local/bin/nats-server.
ARG SERVER_IMAGE=docker.io/library/nats:2.15.1-alpine

FROM ${SERVER_IMAGE} AS server

FROM scratch
COPY --from=server /usr/local/bin/nats-server /usr/local/bin/nats-server
USER 15900:15900
EXPOSE 4222 8222
ENTRYPOINT ["/usr/local/bin/nats-server"]
