# Not tested here: no test of this repository builds or runs this file. docs/DEPLOYMENT.md says what matters about it.
FROM swift:6.3-noble AS build
RUN apt-get update -q && apt-get install -y -q --no-install-recommends libsqlite3-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
COPY Examples Examples
COPY Benchmarks Benchmarks
RUN swift build -c release --product oncue --static-swift-stdlib \
    && install -D "$(swift build -c release --show-bin-path)/oncue" /out/oncue

FROM ubuntu:24.04
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends ca-certificates curl libsqlite3-0 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/oncue --create-home oncue
COPY --from=build /out/oncue /usr/local/bin/oncue
USER oncue
WORKDIR /var/lib/oncue
VOLUME /var/lib/oncue
ENV ONCUE_STORE=sqlite:/var/lib/oncue/oncue.db ONCUE_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s CMD curl -fsS http://127.0.0.1:8080/live || exit 1
# Exec form: signals reach oncue itself.
ENTRYPOINT ["oncue"]
# Loopback of the container only. Once there is a key: serve --http 0.0.0.0:8080
CMD ["serve"]
