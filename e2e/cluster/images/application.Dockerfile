# The applications that tests put into pods: each is one file, named as the argument.
ARG BASE_IMAGE=docker.io/library/node:24-bookworm-slim
FROM ${BASE_IMAGE}
COPY applications /applications
WORKDIR /applications
USER 20000:20000
ENTRYPOINT ["node"]
CMD ["http.ts"]
